// A request to speak WebSocket that may be granted as far as RFC 6455 is concerned.
import HTTPSyntax

/// Proof that a request is a valid opening handshake (RFC 6455 section 4.2.1); the client is not authenticated yet.
public struct Upgrade: Equatable, Sendable {
  /// The only version there is.
  public static let version = "13"

  /// `Sec-WebSocket-Key`: base64 of 16 bytes, as sent.
  public let key: String
  /// What the client offers, best first; tokens, each once.
  public let subprotocols: [String]
}

extension HandshakeRequest {
  /// Checks what RFC 6455 section 4.2.1 asks for. Throws 405 with `Allow` for a method other than GET, 426 with `Sec-WebSocket-Version` for
  /// another version, and 400 for everything else.
  public func upgrade() throws(HandshakeError) -> Upgrade {
    guard method == "GET" else {
      throw HandshakeError(405, "A WebSocket is opened with GET.", headers: [HTTPHeader("Allow", "GET")])
    }
    guard isWebSocketUpgrade else { throw .badRequest("The headers connection and upgrade do not ask for a WebSocket.") }
    guard let version = fields.values("sec-websocket-version").first else {
      throw .badRequest("The header sec-websocket-version is missing.")
    }
    guard version.elementsEqual(Upgrade.version.utf8) else {
      // RFC 9110 section 15.5.22 wants Upgrade beside 426, and section 7.8 lists it in Connection.
      throw HandshakeError(
        426, "Only version 13 of the WebSocket protocol is supported.",
        headers: [HTTPHeader("Sec-WebSocket-Version", Upgrade.version), HTTPHeader("Upgrade", "websocket")])
    }
    guard let key = fields.values("sec-websocket-key").first, isKey(key) else {
      throw .badRequest("The header sec-websocket-key is not 16 bytes in base64.")
    }
    let subprotocols = fields.list("sec-websocket-protocol")
    guard subprotocols.allSatisfy({ ASCII.isToken($0) }), Set(subprotocols).count == subprotocols.count else {
      throw .badRequest("The header sec-websocket-protocol is not a list of different tokens.")
    }
    return Upgrade(key: String(decoding: key, as: UTF8.self), subprotocols: subprotocols.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Whether `text` decodes to 16 bytes: 22 digits and two of padding. The four bits that no byte uses may be anything (RFC 4648 section 3.5
  /// lets a decoder be lenient, and hand-written clients need it).
  private func isKey(_ text: ArraySlice<UInt8>) -> Bool {
    text.count == 24 && text.suffix(2).elementsEqual("==".utf8)
      && text.dropLast(2).allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
  }
}
