// How a server proves that it understood the handshake (RFC 6455 section 4.2.2).
import HTTPSyntax

/// The value of `Sec-WebSocket-Accept`.
public enum AcceptKey {
  private static let salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// The answer to `key`; `sha1` digests bytes to 20 bytes. It protects nothing, so that SHA-1 is good enough for it.
  public static func answering(_ key: String, sha1: ([UInt8]) -> [UInt8]) -> String {
    Base64.encode(sha1(Array((key + salt).utf8)))
  }
}
