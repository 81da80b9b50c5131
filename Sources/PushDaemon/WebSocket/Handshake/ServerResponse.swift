// A server's response to a handshake.
import HTTPSyntax

/// The head of an HTTP/1.1 response.
public struct ServerResponse: Sendable {
  public let status: Int
  let fields: HeaderFields

  init(head: [UInt8]) throws(HandshakeError) {
    let (startLine, fields) = try HeaderFields.read(head)
    let digits = startLine.dropFirst(9).prefix(3)
    guard startLine.starts(with: "HTTP/1.1 ".utf8), digits.count == 3, digits.allSatisfy(ASCII.isDigit),
      startLine.dropFirst(12).first.map({ $0 == ASCII.space }) ?? true
    else { throw .badRequest("The status line is malformed.") }
    self.status = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    self.fields = fields
  }

  /// `Sec-WebSocket-Accept`.
  public var accept: String? { fields.first("sec-websocket-accept") }

  /// The subprotocol that the server chose.
  public var subprotocol: String? { fields.first("sec-websocket-protocol") }

  /// The value of the first line with this name, in whatever case; nil if there is none.
  public func header(_ name: String) -> String? { fields.first(name) }
}
