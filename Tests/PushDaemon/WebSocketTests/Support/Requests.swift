// Requests for the handshake's tests.

import WebSocket

/// A request head of a request line and header lines.
func head(_ requestLine: String, _ lines: [String]) -> [UInt8] {
  Array((([requestLine] + lines).map { $0 + "\r\n" }.joined() + "\r\n").utf8)
}

/// The headers of RFC 6455 section 1.2, as a table that tests can change.
func upgradeHead(
  _ requestLine: String = "GET /ws HTTP/1.1", changing changes: [String: String?] = [:], adding lines: [String] = []
) -> [UInt8] {
  let fields = [
    ("Host", "server.example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
  ]
  let written = fields.compactMap { name, value in (changes[name] ?? value).map { "\(name): \($0)" } }
  return head(requestLine, written + lines)
}

/// The parser's result for `bytes` in one piece.
func parsed(_ bytes: [UInt8]) -> HandshakeParser.Progress {
  var parser = HandshakeParser()
  return parser.parse(bytes)
}

extension HandshakeParser.Progress {
  var request: HandshakeRequest? {
    if case .request(let request, _) = self { request } else { nil }
  }

  var refusal: HandshakeError? {
    if case .refused(let refusal) = self { refusal } else { nil }
  }
}
