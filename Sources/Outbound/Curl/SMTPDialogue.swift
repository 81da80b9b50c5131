// Where in the dialogue with a mail server a transfer stands, followed from the lines that go back and forth (RFC 5321).

/// What the client has said last.
public enum SMTPStep: String, Sendable {
  /// Nothing yet: the connection is made, or the server greets.
  case connecting
  case hello = "EHLO"
  case startTLS = "STARTTLS"
  case login = "AUTH"
  case sender = "MAIL"
  case recipient = "RCPT"
  case data = "DATA"
  /// The last byte of the mail.
  case end = "."

  /// Whether what fails here fails for every mail to this server.
  public var isOfServer: Bool {
    switch self {
    case .connecting, .hello, .startTLS, .login: true
    case .sender, .recipient, .data, .end: false
    }
  }
}

/// A reply of a server: its three-digit code and what it says, on one line of printable ASCII.
public struct SMTPReply: Equatable, Sendable {
  public let code: Int
  public let text: String

  /// Bytes of a text that are kept.
  static let textBytesMax = 300

  public init(code: Int, text: String) {
    self.code = code
    self.text = text
  }

  /// Reads a line such as `550 5.1.1 unknown` or `250-SIZE`; nil for another.
  init?(line: some Collection<UInt8>) {
    let digits = Array(line.prefix(3))
    guard digits.count == 3, let code = Int(String(decoding: digits, as: UTF8.self)), (200...599).contains(code) else { return nil }
    self.init(code: code, text: Self.printable(line.dropFirst(4)))
  }

  /// What a server says, for a log and a terminal.
  static func printable(_ bytes: some Sequence<UInt8>) -> String {
    let text = bytes.prefix(textBytesMax).map { 0x20...0x7e ~= $0 ? $0 : UInt8(ascii: " ") }
    let end = text.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? 0
    return String(decoding: text[..<end], as: UTF8.self)
  }

  public var isRefusal: Bool { code >= 400 }
  /// A refusal that stays one however often it is tried (RFC 5321 section 4.2.1).
  public var isPermanent: Bool { code >= 500 }
  public var description: String { text.isEmpty ? "\(code)" : "\(code) \(text)" }
}

/// Events in, state out; knows no socket and no secret: of a command only its verb is looked at.
public struct SMTPDialogue: Equatable, Sendable {
  public private(set) var step = SMTPStep.connecting
  /// The reply to this step; nil while there is none.
  public private(set) var reply: SMTPReply?
  private var isOver = false

  public init() {}

  /// The client sends a line. Lines of a login that follow AUTH belong to it.
  public mutating func sent(_ line: some Collection<UInt8>) {
    let verb = String(decoding: line.prefix { $0 != UInt8(ascii: " ") && $0 > 0x20 }.prefix(8), as: UTF8.self)
    // After a refusal libcurl says goodbye: what is answered to that tells nothing of the mail.
    if verb == "QUIT" { isOver = true }
    guard !isOver, verb != SMTPStep.end.rawValue else { return }
    if let step = SMTPStep(rawValue: verb == "HELO" ? "EHLO" : verb) { self.step = step }
    reply = nil
  }

  /// The server sends a line.
  public mutating func received(_ line: some Collection<UInt8>) {
    if !isOver, let reply = SMTPReply(line: line) { self.reply = reply }
  }

  /// The client sends the last byte of the mail.
  public mutating func endsMail() {
    step = .end
    reply = nil
  }
}
