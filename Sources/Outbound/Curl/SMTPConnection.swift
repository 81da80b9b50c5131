// Hands mails to a server with libcurl: the only file that calls it for mail.
import CCurl
public import Configuration

/// How a transfer ended.
public struct SMTPResult: Sendable {
  /// Whether the server has the mail.
  public let isAccepted: Bool
  public let step: SMTPStep
  /// The reply to this step; nil if there was none.
  public let reply: SMTPReply?
  /// What went wrong, in libcurl's words, which may repeat the server's: on one line of printable ASCII.
  public let error: String
  /// Whether `handOver` or `mayGoOn` has broken it off.
  public let isBrokenOff: Bool

  public init(isAccepted: Bool, step: SMTPStep, reply: SMTPReply?, error: String = "", isBrokenOff: Bool = false) {
    self.isAccepted = isAccepted
    self.isBrokenOff = isBrokenOff
    self.step = step
    self.reply = reply
    self.error = SMTPReply.printable(error.utf8)
  }
}

/// One connection at a time, which is kept from mail to mail until `close`. For one thread.
public final class SMTPConnection {
  /// Seconds for connecting, for each reply, and for a whole transfer.
  static let connectSeconds = 20
  static let replySeconds = 120
  static let transferSeconds = 300

  private let server: SMTPServer
  private let name: String
  private let authorities: String?
  private var handle: UnsafeMutableRawPointer?

  /// Call once in a program, before it starts threads.
  public static func setUp() { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }

  /// `name` is how this host greets the server. `authorities`: a file of certificates, instead of the system's.
  public init(_ server: SMTPServer, greetingAs name: String, authorities: String?) {
    self.server = server
    self.name = name
    self.authorities = authorities
  }

  deinit { close() }

  /// Ends the connection. A server that does not answer to that is waited for.
  public func close() {
    if let handle { curl_easy_cleanup(handle) }
    handle = nil
  }

  /// Sends one mail and returns how it went. `handOver` is called before the last byte of the mail is sent, after which the server may have
  /// it: false breaks the transfer off. `mayGoOn` is asked at least once a second.
  public func send(
    _ mail: [UInt8], from sender: String, to recipient: String, handOver: @escaping () -> Bool, mayGoOn: @escaping () -> Bool
  ) -> SMTPResult {
    let transfer = Transfer(mail, handOver, mayGoOn)
    guard let handle = handle ?? makeHandle(), let list = curl_slist_append(nil, "<\(recipient)>") else {
      return SMTPResult(isAccepted: false, step: .connecting, reply: nil, error: "out of memory")
    }
    self.handle = handle
    defer { curl_slist_free_all(list) }
    var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = words.withUnsafeMutableBufferPointer { buffer in
      echochat_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer.baseAddress)
      let pointer = Unmanaged.passUnretained(transfer).toOpaque()
      for option in [CURLOPT_READDATA, CURLOPT_XFERINFODATA, CURLOPT_DEBUGDATA] { echochat_curl_set_pointer(handle, option, pointer) }
      echochat_curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(sender)>")
      echochat_curl_set_list(handle, CURLOPT_MAIL_RCPT, list)
      defer {
        echochat_curl_set_list(handle, CURLOPT_MAIL_RCPT, nil)
        echochat_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
      }
      return withExtendedLifetime(transfer) { curl_easy_perform(handle) }
    }
    return SMTPResult(
      isAccepted: code == CURLE_OK, step: transfer.dialogue.step, reply: transfer.dialogue.reply, error: Self.text(code, words),
      isBrokenOff: code == CURLE_ABORTED_BY_CALLBACK)
  }

  private static func text(_ code: CURLcode, _ words: [CChar]) -> String {
    if code == CURLE_USE_SSL_FAILED { return "the server offers no TLS, without which nothing is sent" }
    if code == CURLE_LOGIN_DENIED { return "the server refuses the login" }
    let bytes = words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let general = String(cString: curl_easy_strerror(code))
    return bytes.isEmpty ? general : String(decoding: bytes, as: UTF8.self)
  }

  private func makeHandle() -> UnsafeMutableRawPointer? {
    guard let handle = curl_easy_init() else { return nil }
    let scheme = server.security == .tls ? "smtps" : "smtp"
    echochat_curl_set_text(handle, CURLOPT_URL, "\(scheme)://\(server.host):\(server.port)/\(name)")
    echochat_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // What the environment says of proxies is for the web.
    echochat_curl_set_text(handle, CURLOPT_PROXY, "")
    let isEncrypted = server.security != .none
    echochat_curl_set_number(handle, CURLOPT_USE_SSL, Int((isEncrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE).rawValue))
    echochat_curl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1)
    echochat_curl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2)
    echochat_curl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let authorities {
      echochat_curl_set_text(handle, CURLOPT_CAINFO, authorities)
      echochat_curl_set_text(handle, CURLOPT_CAPATH, nil)
    }
    if let login = server.login {
      echochat_curl_set_text(handle, CURLOPT_USERNAME, login.user)
      echochat_curl_set_text(handle, CURLOPT_PASSWORD, login.password)
    }
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_UPLOAD, 1), (CURLOPT_VERBOSE, 1), (CURLOPT_NOPROGRESS, 0),
      (CURLOPT_CONNECTTIMEOUT, Self.connectSeconds), (CURLOPT_SERVER_RESPONSE_TIMEOUT, Self.replySeconds),
      (CURLOPT_TIMEOUT, Self.transferSeconds),
    ]
    for (option, number) in numbers { echochat_curl_set_number(handle, option, number) }
    Self.setCallbacks(handle)
    return handle
  }
}

// MARK: Callbacks

/// What libcurl's callbacks of one transfer share.
private final class Transfer {
  var dialogue = SMTPDialogue()
  private let mail: [UInt8]
  private var offset = 0
  private let handOver: () -> Bool
  let mayGoOn: () -> Bool

  init(_ mail: [UInt8], _ handOver: @escaping () -> Bool, _ mayGoOn: @escaping () -> Bool) {
    self.mail = mail
    self.handOver = handOver
    self.mayGoOn = mayGoOn
  }

  static func of(_ pointer: UnsafeMutableRawPointer) -> Transfer { Unmanaged.fromOpaque(pointer).takeUnretainedValue() }

  /// The next bytes of the mail; 0 at its end, after which libcurl sends the full stop.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard offset < mail.count else {
      guard handOver() else { return Int(CURL_READFUNC_ABORT) }
      dialogue.endsMail()
      return 0
    }
    let part = mail[offset...].prefix(buffer.count)
    buffer.copyBytes(from: part)
    offset += part.count
    return part.count
  }
}

extension SMTPConnection {
  private static func setCallbacks(_ handle: UnsafeMutableRawPointer) {
    echochat_curl_set_callbacks(
      handle,
      { buffer, size, count, data in
        guard let buffer, let data else { return Int(CURL_READFUNC_ABORT) }
        return Transfer.of(data).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
      },
      // Replies are followed by the callback below.
      { _, size, count, _ in size * count },
      { data, _, _, _, _ in data.map { Transfer.of($0).mayGoOn() ? 0 : 1 } ?? 1 },
      { _, kind, text, count, data in
        guard let text, let data else { return 0 }
        let line = UnsafeRawBufferPointer(start: text, count: count)
        switch kind {
        case CURLINFO_HEADER_OUT: Transfer.of(data).dialogue.sent(line)
        case CURLINFO_HEADER_IN: Transfer.of(data).dialogue.received(line)
        default: break
        }
        return 0
      })
  }
}
