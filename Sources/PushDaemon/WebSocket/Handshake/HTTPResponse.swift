// Responses to a request: the switch to WebSocket, or plain HTTP for errors and probes.
import HTTPSyntax

/// Appends responses to a buffer of the caller's.
public enum HTTPResponse {
  /// Appends the 101 after which both sides speak WebSocket (RFC 6455 section 4.2.2). `subprotocol` is written only if the client offered it,
  /// because a client must fail the connection otherwise.
  public static func appendSwitchingProtocols(
    _ upgrade: Upgrade, subprotocol: String? = nil, server: String? = nil, sha1: ([UInt8]) -> [UInt8], to out: inout [UInt8]
  ) {
    appendStatusLine(101, to: &out)
    append(HTTPHeader("Upgrade", "websocket"), to: &out)
    append(HTTPHeader("Connection", "Upgrade"), to: &out)
    append(HTTPHeader("Sec-WebSocket-Accept", AcceptKey.answering(upgrade.key, sha1: sha1)), to: &out)
    if let subprotocol, upgrade.subprotocols.contains(subprotocol) {
      append(HTTPHeader("Sec-WebSocket-Protocol", subprotocol), to: &out)
    }
    if let server { append(HTTPHeader("Server", server), to: &out) }
    endLine(&out)
  }

  /// Appends a whole response after which the connection closes, whatever the client would like. For HEAD, `omitsBody` keeps the headers
  /// and leaves the body out. No cache may keep it.
  public static func append(
    status: Int, contentType: String, headers: [HTTPHeader] = [], body: [UInt8], omitsBody: Bool = false, to out: inout [UInt8]
  ) {
    appendHead(status: status, contentType: contentType, contentLength: body.count, headers: headers, to: &out)
    if !omitsBody { out.append(contentsOf: body) }
  }

  /// Appends the head of a response. A body without a length ends when the connection closes (RFC 9112 section 6.3); 204 has neither. No
  /// cache may keep it, and no browser may guess its type.
  public static func appendHead(
    status: Int, contentType: String? = nil, contentLength: Int? = nil, headers: [HTTPHeader], to out: inout [UInt8]
  ) {
    appendStatusLine(status, to: &out)
    if let contentType { append(HTTPHeader("Content-Type", contentType), to: &out) }
    if let contentLength { append(HTTPHeader("Content-Length", String(contentLength)), to: &out) }
    append(HTTPHeader("Cache-Control", "no-store"), to: &out)
    append(HTTPHeader("X-Content-Type-Options", "nosniff"), to: &out)
    append(HTTPHeader("Connection", status == 426 ? "close, Upgrade" : "close"), to: &out)
    for header in headers { append(header, to: &out) }
    endLine(&out)
  }

  /// Appends the answer to a refused request, with the problem object (RFC 9457) that the caller composed.
  public static func append(_ refusal: HandshakeError, problem body: [UInt8], server: String? = nil, to out: inout [UInt8]) {
    let server = server.map { [HTTPHeader("Server", $0)] } ?? []
    append(status: refusal.status, contentType: "application/problem+json", headers: refusal.headers + server, body: body, to: &out)
  }

  private static func appendStatusLine(_ status: Int, to out: inout [UInt8]) {
    out.append(contentsOf: "HTTP/1.1 \(status) \(ReasonPhrase.of(status))".utf8)
    endLine(&out)
  }

  static func append(_ header: HTTPHeader, to out: inout [UInt8]) {
    let line = "\(header.name): \(header.value)".utf8
    out.append(contentsOf: line.lazy.map { ASCII.isForbiddenControl($0) ? ASCII.space : $0 })
    endLine(&out)
  }

  private static func endLine(_ out: inout [UInt8]) {
    out.append(ASCII.carriageReturn)
    out.append(ASCII.lineFeed)
  }
}
