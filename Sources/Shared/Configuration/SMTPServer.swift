// The server that takes the site's e-mail, as a URL names it.
import HTTPSyntax

/// `smtp://host[:port]` begins in clear and must go over to TLS (STARTTLS, RFC 3207) before anything is said; `smtps://host[:port]` is TLS from
/// the first byte (RFC 8314). `smtp://host[:port]?tls=none` stays in clear: for a server on this machine. A login stands before the host, as
/// `user:password@`, percent-encoded.
public struct SMTPServer: Equatable, Sendable {
  public enum Security: Equatable, Sendable { case startTLS, tls, none }

  public struct Login: Equatable, Sendable {
    public let user: String
    public let password: String
  }

  /// Why a text names no server, in words that show nothing of the text: it may have a password.
  public struct Malformed: Error, Equatable, Sendable {
    public let reason: String

    init(_ reason: String) {
      self.reason = reason
    }
  }

  public let security: Security
  /// A name or an IPv4 address, or an IPv6 address in brackets.
  public let host: String
  public let port: UInt16
  public let login: Login?

  public static let wanted = "smtp://[user:password@]host[:port], smtps://…, or smtp://host[:port]?tls=none"
  /// Bytes of a URL.
  public static let urlBytesMax = 2048

  public init(url: String) throws(Malformed) {
    guard url.utf8.count <= Self.urlBytesMax else { throw Malformed("it is longer than \(Self.urlBytesMax) bytes") }
    guard let colon = url.firstRange(of: "://") else { throw Malformed("it begins with neither smtp:// nor smtps://") }
    let scheme = url[..<colon.lowerBound].lowercased()
    guard scheme == "smtp" || scheme == "smtps" else { throw Malformed("it begins with neither smtp:// nor smtps://") }
    let parts = url[colon.upperBound...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var authority = parts.first ?? ""
    if authority.last == "/" { authority.removeLast() }
    switch (scheme, parts.count > 1 ? parts[1] : nil) {
    case ("smtp", nil): security = .startTLS
    case ("smtps", nil): security = .tls
    case ("smtp", "tls=none"): security = .none
    default: throw Malformed("what follows the host is not ?tls=none, which only smtp:// may have")
    }
    let at = authority.lastIndex(of: "@")
    let login = try at.map { (index) throws(Malformed) in try Self.login(authority[..<index]) }
    let place = at.map { authority[authority.index(after: $0)...] } ?? authority
    (host, port) = try Self.place(place, standard: Self.standardPort(security))
    // Who can read what passes by would have the password.
    guard login == nil || security != .none else { throw Malformed("a login is not sent in clear: leave out ?tls=none, or the login") }
    self.login = login
  }

  /// Submission (RFC 6409), submission over TLS (RFC 8314), and the port of a mail server.
  private static func standardPort(_ security: Security) -> UInt16 {
    switch security {
    case .startTLS: 587
    case .tls: 465
    case .none: 25
    }
  }

  private static func login(_ text: Substring) throws(Malformed) -> Login {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let user = decoded(parts[0]), let password = decoded(parts[1]), !user.isEmpty, !password.isEmpty else {
      throw Malformed("before the @ it has no user:password; write what is not a letter or a digit as %XX")
    }
    return Login(user: user, password: password)
  }

  /// Nil for what is not UTF-8, or has control characters.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    guard (try? PercentEncoding.decode(text.utf8, into: &bytes)) != nil, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A host and a port, as the authority of an origin has them.
  private static func place(_ text: Substring, standard: UInt16) throws(Malformed) -> (host: String, port: UInt16) {
    let origin: Origin
    do throws(Origin.Malformed) {
      // A scheme without a default port, so that a port stays.
      origin = try Origin(url: "smtp://\(text)")
    } catch {
      throw Malformed("it \(error.reason)")
    }
    let authority = origin.authority
    guard let colon = authority.lastIndex(of: ":"), authority[colon...].allSatisfy({ $0 != "]" }) else { return (authority, standard) }
    return (String(authority[..<colon]), UInt16(authority[authority.index(after: colon)...]) ?? standard)
  }

  /// Without the login: for the log.
  public var text: String { (security == .tls ? "smtps" : "smtp") + "://\(host):\(port)" }
}
