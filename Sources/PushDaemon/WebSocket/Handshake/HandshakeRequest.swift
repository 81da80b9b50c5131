// A client's request as it stood on the wire, checked.
import HTTPSyntax

/// A well-formed HTTP/1.1 request without a body. Not necessarily an upgrade: probes of the daemon's health arrive the same way.
public struct HandshakeRequest: Sendable {
  /// As sent; methods are case-sensitive.
  public let method: String
  /// The target up to the question mark, raw: compare it with what you serve, and nothing can hide behind an escape.
  public let path: String
  private let query: QueryItems
  let fields: HeaderFields

  /// Headers that must not come twice: with two of them, the proxy in front may have acted on the other.
  private static let onceOnly = [
    "host", "content-length", "authorization", "origin", "last-event-id", "sec-websocket-key", "sec-websocket-version",
  ]

  /// Reads a head as `HeadScanner` found it.
  init(head: [UInt8]) throws(HandshakeError) {
    let (startLine, fields) = try HeaderFields.read(head)
    let parts = startLine.split(separator: ASCII.space, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .badRequest("The request line is not METHOD TARGET VERSION.") }
    guard ASCII.isToken(parts[0]) else { throw .badRequest("The method is not a token.") }
    try Self.checkVersion(parts[2])
    self.method = String(decoding: parts[0], as: UTF8.self)
    (self.path, self.query) = try Self.readTarget(parts[1])
    self.fields = fields
    try checkFields()
  }

  /// The value of the first line with this name, in whatever case; nil if there is none. Bytes that are not UTF-8 come as U+FFFD.
  public func header(_ name: String) -> String? { fields.first(name) }

  /// The first query item of that name, decoded; nil if there is none. The name is compared exactly.
  public func query(_ name: String) -> String? { query[name] }

  /// The `Origin` header, to be compared exactly. Empty is not the same as absent.
  public var origin: String? { fields.first("origin") }

  /// Whether there is an `Authorization` header. If there is one but no `bearerToken`, refuse the request: do not treat it as anonymous.
  public var hasAuthorization: Bool { !fields.values("authorization").isEmpty }

  /// The token of `Authorization: Bearer …` (RFC 6750 section 2.1); nil without the header, with another scheme or in another form.
  public var bearerToken: String? {
    guard let value = fields.values("authorization").first, let token = BearerToken.credentials(in: value),
      BearerToken.isToken68(token)
    else { return nil }
    return String(decoding: token, as: UTF8.self)
  }

  /// The subprotocols that the client offers, best first (RFC 6455 section 11.3.4), as sent.
  public var subprotocols: [String] {
    fields.list("sec-websocket-protocol").map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the client asks to speak WebSocket: `Connection` lists "upgrade" and `Upgrade` lists "websocket". `upgrade()` checks the rest.
  public var isWebSocketUpgrade: Bool {
    fields.list("connection", contains: "upgrade") && fields.list("upgrade", contains: "websocket")
  }
}

extension HandshakeRequest {
  private static func checkVersion(_ version: ArraySlice<UInt8>) throws(HandshakeError) {
    if version.elementsEqual("HTTP/1.1".utf8) { return }
    let text = Array(version)
    let isHTTP =
      text.count == 8 && text.starts(with: "HTTP/".utf8) && ASCII.isDigit(text[5]) && text[6] == UInt8(ascii: ".")
      && ASCII.isDigit(text[7])
    // nginx sends HTTP/1.0 without "proxy_http_version 1.1"; the error names the version.
    throw isHTTP ? HandshakeError(505, "Only HTTP/1.1 is supported.") : .badRequest("The request line is not METHOD TARGET VERSION.")
  }

  private static func readTarget(_ target: ArraySlice<UInt8>) throws(HandshakeError) -> (String, QueryItems) {
    guard target.first == UInt8(ascii: "/"), target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw .badRequest("The target is not a path of visible ASCII that begins with a slash.")
    }
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    return (String(decoding: target[..<mark], as: UTF8.self), try QueryItems(target[mark...].dropFirst()))
  }

  private func checkFields() throws(HandshakeError) {
    for name in Self.onceOnly where fields.values(name).count > 1 { throw .badRequest("The header \(name) may occur only once.") }
    guard let host = fields.values("host").first, !host.isEmpty, host.allSatisfy(Self.isHostByte) else {
      throw .badRequest("The header host is missing or malformed.")
    }
    // A body would be read as WebSocket frames by us and as a request's rest by others.
    guard fields.values("transfer-encoding").isEmpty, fields.values("content-length").allSatisfy({ $0.elementsEqual("0".utf8) }) else {
      throw .badRequest("A request body is not allowed here.")
    }
  }

  /// `uri-host [":" port]` (RFC 3986 section 3.2.2), its bytes only.
  private static func isHostByte(_ byte: UInt8) -> Bool {
    ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
  }
}
