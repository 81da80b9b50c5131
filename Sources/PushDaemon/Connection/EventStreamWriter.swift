// Server-sent events (HTML Living Standard, section 9.2): the same messages as by WebSocket, for clients that only read HTTP.
import Domain
import HTTPSyntax
import WebSocket
import Wire

/// One event for each message: `data` is the JSON of the WebSocket's text frame, byte for byte, and `id` its cursor if it is durable. There is
/// no field `event`, so that a browser gives every event to the same listener.
enum EventStreamWriter {
  static let mediaType = "text/event-stream"
  /// A comment, which tells proxies and clients that the connection is alive.
  static let heartbeat = Array(":\n\n".utf8)
  /// A client comes back after a random time of this range, so that the readers of a daemon that restarts do not all come at once.
  static let retryMilliseconds: ClosedRange<Int64> = 1000...3000

  /// Appends the first fields of a stream, which belong to its first event: when to come back after a loss, and where, if that is known.
  static func appendStart(retryMilliseconds: Int64, cursor: Cursor?, to out: inout [UInt8]) {
    out.append(contentsOf: "retry: \(retryMilliseconds)\n".utf8)
    if let cursor { out.append(contentsOf: "id: \(cursor.value)\n".utf8) }
  }

  /// Appends one message, which has no line break: JSON is composed without any.
  static func append(_ json: [UInt8], to out: inout [UInt8]) {
    json.withUnsafeBytes { append($0, to: &out) }
  }

  /// Appends the messages of whole text frames of a server.
  static func append(frames: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    var rest = frames
    while case .header(let header, let size) = FrameHeader.read(rest, from: .server) {
      let end = size + Int(clamping: header.payloadCount)
      guard end <= rest.count else { return }
      append(UnsafeRawBufferPointer(rebasing: rest[size..<end]), to: &out)
      rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    }
  }

  private static func append(_ json: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    if let id = ServerFrame.id(inJSON: json.bindMemory(to: UInt8.self).span) {
      out.append(contentsOf: "id: ".utf8)
      out.append(contentsOf: json[id])
      out.append(ASCII.lineFeed)
    }
    out.append(contentsOf: "data: ".utf8)
    out.append(contentsOf: json)
    out.append(ASCII.lineFeed)
    out.append(ASCII.lineFeed)
  }
}
