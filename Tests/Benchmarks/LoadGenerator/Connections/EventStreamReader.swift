// Reads a response of server-sent events: its head, chunks if there are any (RFC 9112 section 7.1), events.
import Glibc

/// Keeps what is not complete between two reads.
struct EventStreamReader {
  private enum Stage {
    case head
    /// The rest of the response is the body.
    case body
    case chunkSize
    case chunk(left: Int)
    /// The line break after a chunk.
    case chunkEnd
  }

  struct Malformed: Error {
    let reason: String
  }

  private var stage = Stage.head
  /// Received bytes that are not read yet.
  private var received: [UInt8] = []
  /// The text of the body that does not make a whole event yet.
  private var text: [UInt8] = []

  /// Calls `handle` with the data of each event that `bytes` completes.
  mutating func read(_ bytes: UnsafeRawBufferPointer, _ handle: (UnsafeRawBufferPointer) -> Void) throws(Malformed) {
    received.append(contentsOf: bytes)
    var start = 0
    reading: while start < received.count {
      switch stage {
      case .head:
        guard let end = Self.end(of: "\r\n\r\n", in: received, from: start) else { break reading }
        let head = String(decoding: received[start..<end], as: UTF8.self)
        guard head.hasPrefix("HTTP/1.1 200 ") else { throw Malformed(reason: head) }
        stage = head.lowercased().contains("transfer-encoding: chunked") ? .chunkSize : .body
        start = end
      case .body:
        text.append(contentsOf: received[start...])
        start = received.count
      case .chunkSize:
        guard let end = Self.end(of: "\r\n", in: received, from: start) else { break reading }
        let line = String(decoding: received[start..<(end - 2)], as: UTF8.self)
        guard let size = Int(line, radix: 16), size > 0 else { throw Malformed(reason: "the stream has ended: chunk \(line)") }
        stage = .chunk(left: size)
        start = end
      case .chunk(let left):
        let count = min(left, received.count - start)
        text.append(contentsOf: received[start..<(start + count)])
        start += count
        stage = count == left ? .chunkEnd : .chunk(left: left - count)
      case .chunkEnd:
        guard received.count - start >= 2 else { break reading }
        start += 2
        stage = .chunkSize
      }
    }
    received.removeFirst(start)
    readEvents(handle)
  }

  private mutating func readEvents(_ handle: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    text.withUnsafeBytes { bytes in
      while let end = bytes.end(ofText: "\n\n", from: start) {
        let event = UnsafeRawBufferPointer(rebasing: bytes[start..<(end - 2)])
        start = end
        // The one line of data that an event of EchoChat has; a comment has none.
        if let data = event.end(ofText: "data: ", from: 0) { handle(UnsafeRawBufferPointer(rebasing: event[data...])) }
      }
    }
    text.removeFirst(start)
  }

  private static func end(of pattern: StaticString, in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { $0.end(ofText: pattern, from: start) }
  }
}

extension UnsafeRawBufferPointer {
  /// The offset after the first `pattern` at or after `start`.
  fileprivate func end(ofText pattern: StaticString, from start: Int) -> Int? {
    let length = pattern.utf8CodeUnitCount
    guard let base = baseAddress else { return nil }
    var offset = start
    while offset + length <= count, let found = memchr(base + offset, Int32(pattern.utf8Start.pointee), count - offset - length + 1) {
      offset = UnsafeRawPointer(found) - base
      if memcmp(found, pattern.utf8Start, length) == 0 { return offset + length }
      offset += 1
    }
    return nil
  }
}
