// The client's half of the opening handshake (RFC 6455 section 4.1), for the load generator and the tests.
import HTTPSyntax

/// One attempt to open a WebSocket: writes the request, reads the answer.
public struct ClientHandshake: Sendable {
  /// `Sec-WebSocket-Key` of this attempt: base64 of 16 random bytes.
  public let key: String
  private var scanner = HeadScanner()

  /// What the server's bytes so far amount to.
  public enum Progress {
    case needMore
    /// The head of a response, of `consumed` bytes; the rest is WebSocket if `isAccepted` says so.
    case answer(ServerResponse, consumed: Int)
    /// Not an HTTP/1.1 response; the reason in words.
    case malformed(String)
  }

  public init() {
    self.init(key: Base64.encode((0..<16).map { _ in .random(in: .min ... .max) }))
  }

  public init(key: String) {
    self.key = key
  }

  /// Appends the request. `target` is the path with its query, `host` the authority, `headers` come after what RFC 6455 requires.
  public func appendRequest(
    target: String, host: String, subprotocols: [String] = [], headers: [HTTPHeader] = [], to out: inout [UInt8]
  ) {
    out.append(contentsOf: "GET \(target) HTTP/1.1\r\n".utf8)
    var all = [
      HTTPHeader("Host", host), HTTPHeader("Upgrade", "websocket"), HTTPHeader("Connection", "Upgrade"),
      HTTPHeader("Sec-WebSocket-Key", key), HTTPHeader("Sec-WebSocket-Version", Upgrade.version),
    ]
    if !subprotocols.isEmpty { all.append(HTTPHeader("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))) }
    for header in all + headers { HTTPResponse.append(header, to: &out) }
    out.append(contentsOf: "\r\n".utf8)
  }

  /// `bytes` is everything received so far, from the connection's first byte on.
  public mutating func parse(_ bytes: UnsafeRawBufferPointer) -> Progress {
    switch scanner.scan(bytes) {
    case .needMore:
      return .needMore
    case .refused(let refusal):
      return .malformed(refusal.reason)
    case .complete(let size):
      do throws(HandshakeError) {
        return .answer(try ServerResponse(head: Array(bytes[..<size])), consumed: size)
      } catch {
        return .malformed(error.reason)
      }
    }
  }

  /// `bytes` is everything received so far, from the connection's first byte on.
  public mutating func parse(_ bytes: [UInt8]) -> Progress {
    bytes.withUnsafeBytes { parse($0) }
  }

  /// Whether the server switched to WebSocket and understood this very request (RFC 6455 section 4.1, items 1 to 4).
  public func isAccepted(by answer: ServerResponse, sha1: ([UInt8]) -> [UInt8]) -> Bool {
    answer.status == 101 && answer.fields.list("connection", contains: "upgrade") && answer.fields.list("upgrade", contains: "websocket")
      && answer.accept == AcceptKey.answering(key, sha1: sha1)
  }
}
