// An HTTP/1.1 response, whole, where it lies in the receive buffer.

/// Reads as much of RFC 9112 as nginx writes: a head, then a body of `Content-Length` bytes or in chunks.
struct HTTPAnswer {
  enum Reading {
    case needMore
    case answer(HTTPAnswer, size: Int)
    case malformed
  }

  let status: Int
  /// Bytes of the body, without the chunks' own lines.
  let bodyCount: Int
  /// Whether the server closes the connection after it.
  let closes: Bool
  private let bodyStart: Int
  private let isChunked: Bool

  /// The answer that begins with `bytes`; looked at from its beginning each time, since it nearly always comes in one piece.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
    guard let head = Self.headEnd(bytes) else { return .needMore }
    guard bytes.has(Needle("HTTP/1.1"), at: 0), let status = bytes.number(at: 9) else { return .malformed }
    let fields = UnsafeRawBufferPointer(rebasing: bytes[..<head])
    let closes = value(of: "connection", in: fields)?.lowercased() == "close"
    if value(of: "transfer-encoding", in: fields)?.lowercased() == "chunked" {
      var count = 0
      switch walk(bytes, from: head, { count += $0.count }) {
      case .needMore: return .needMore
      case .malformed: return .malformed
      case .end(let end):
        return .answer(HTTPAnswer(status: status.value, bodyCount: count, closes: closes, bodyStart: head, isChunked: true), size: end)
      }
    }
    guard let count = value(of: "content-length", in: fields).flatMap(Int.init) else { return .malformed }
    guard bytes.count >= head + count else { return .needMore }
    return .answer(
      HTTPAnswer(status: status.value, bodyCount: count, closes: closes, bodyStart: head, isChunked: false), size: head + count)
  }

  /// The body in one piece; `bytes` are those that the answer was read from.
  func body(in bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard isChunked else { return Array(bytes[bodyStart..<(bodyStart + bodyCount)]) }
    var body: [UInt8] = []
    _ = Self.walk(bytes, from: bodyStart) { body.append(contentsOf: $0) }
    return body
  }

  private enum Walk {
    case needMore, malformed
    case end(Int)
  }

  /// Calls `part` for each chunk that is there.
  private static func walk(_ bytes: UnsafeRawBufferPointer, from start: Int, _ part: (UnsafeRawBufferPointer) -> Void) -> Walk {
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

  /// Where the line that begins at `start` ends, before CR LF.
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
      let isIt =
        line.count > name.utf8.count && line[offset + name.utf8.count] == UInt8(ascii: ":")
        && line.prefix(name.utf8.count).elementsEqual(name.utf8) { $0 | 0x20 == $1 }
      if isIt {
        let value = line.dropFirst(name.utf8.count + 1).drop { $0 == 0x20 }
        return UnsafeRawBufferPointer(rebasing: value).text
      }
      offset = end + 2
    }
    return nil
  }
}
