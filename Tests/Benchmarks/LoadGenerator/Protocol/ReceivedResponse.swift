// A complete HTTP/1.1 response in the receive buffer.

/// Parses the part of RFC 9112 that nginx sends: a head, then a body of `Content-Length` bytes or in chunks.
struct ReceivedResponse {
  enum Reading {
    case needMore
    case response(ReceivedResponse, size: Int)
    case malformed
  }

  let status: Int
  /// Bytes of the body, without the chunk headers.
  let bodyCount: Int
  /// Whether the server closes the connection after this response.
  let closes: Bool
  private let bodyStart: Int
  private let isChunked: Bool

  /// Parses the response at the start of `bytes`, from the beginning each time: it nearly always arrives in one piece.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
    guard let head = Self.headEnd(bytes) else { return .needMore }
    guard bytes.has(Needle("HTTP/1.1"), at: 0), let status = bytes.number(at: 9) else { return .malformed }
    let fields = UnsafeRawBufferPointer(rebasing: bytes[..<head])
    let closes = value(of: "connection", in: fields)?.lowercased() == "close"
    if value(of: "transfer-encoding", in: fields)?.lowercased() == "chunked" {
      var count = 0
      switch scanChunks(bytes, from: head, { count += $0.count }) {
      case .needMore: return .needMore
      case .malformed: return .malformed
      case .end(let end):
        return .response(
          ReceivedResponse(status: status.value, bodyCount: count, closes: closes, bodyStart: head, isChunked: true), size: end)
      }
    }
    guard let count = value(of: "content-length", in: fields).flatMap(Int.init) else { return .malformed }
    guard bytes.count >= head + count else { return .needMore }
    return .response(
      ReceivedResponse(status: status.value, bodyCount: count, closes: closes, bodyStart: head, isChunked: false), size: head + count)
  }

  /// The body without chunk headers; `bytes` are those that the response was parsed from.
  func body(in bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard isChunked else { return Array(bytes[bodyStart..<(bodyStart + bodyCount)]) }
    var body: [UInt8] = []
    _ = Self.scanChunks(bytes, from: bodyStart) { body.append(contentsOf: $0) }
    return body
  }

  private enum ChunkScan {
    case needMore, malformed
    case end(Int)
  }

  /// Calls `part` for each complete chunk.
  private static func scanChunks(_ bytes: UnsafeRawBufferPointer, from start: Int, _ part: (UnsafeRawBufferPointer) -> Void) -> ChunkScan {
    var offset = start
    while true {
      guard let line = lineEnd(bytes, from: offset) else { return .needMore }
      guard let size = Int(UnsafeRawBufferPointer(rebasing: bytes[offset..<line]).text, radix: 16), size >= 0 else { return .malformed }
      let next = line + 2 + size + 2
      guard next <= bytes.count else { return .needMore }
      if size == 0 { return .end(next) }
      part(UnsafeRawBufferPointer(rebasing: bytes[(line + 2)..<(line + 2 + size)]))
      offset = next
    }
  }

  private static func headEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while let end = lineEnd(bytes, from: offset) {
      if end == offset { return end + 2 }
      offset = end + 2
    }
    return nil
  }

  /// The end of the line at `start`, before CR LF.
  private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var offset = start
    while offset + 1 < bytes.count {
      if bytes[offset] == 0x0D, bytes[offset + 1] == 0x0A { return offset }
      offset += 1
    }
    return nil
  }

  private static func value(of name: String, in head: UnsafeRawBufferPointer) -> String? {
    var offset = 0
    while let end = lineEnd(head, from: offset), end > offset {
      let line = head[offset..<end]
      let isMatch =
        line.count > name.utf8.count && line[offset + name.utf8.count] == UInt8(ascii: ":")
        && line.prefix(name.utf8.count).elementsEqual(name.utf8) { $0 | 0x20 == $1 }
      if isMatch {
        let value = line.dropFirst(name.utf8.count + 1).drop { $0 == 0x20 }
        return UnsafeRawBufferPointer(rebasing: value).text
      }
      offset = end + 2
    }
    return nil
  }
}
