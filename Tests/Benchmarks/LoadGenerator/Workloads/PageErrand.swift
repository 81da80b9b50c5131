// Reading the newest fifty messages of a room.

/// The room does not change meanwhile: every answer has as many bytes as the first, and every 61st is counted through.
struct PageErrand: Errand {
  private static let countedEvery = 61
  private static let messages = 50
  private static let seq = Needle("\"seq\":")

  private let requests: [[UInt8]]
  private var bodyCount: Int?
  private var untilCount = 1

  init(_ plan: Plan) {
    requests = plan.lines.map { line in
      Array(
        "GET /api/v1/rooms/\(line.room)/messages?limit=50 HTTP/1.1\r\nHost: \(plan.address)\r\nAuthorization: Bearer \(line.token)\r\n\r\n"
          .utf8)
    }
  }

  func request(_ line: Int) -> [UInt8] { requests[line] }

  mutating func flaw(of answer: HTTPAnswer, in bytes: UnsafeRawBufferPointer) -> String? {
    guard answer.status == 200 else { return "status \(answer.status)" }
    if bodyCount == nil { bodyCount = answer.bodyCount }
    guard answer.bodyCount == bodyCount else { return "a body of \(answer.bodyCount) bytes, not \(bodyCount ?? 0)" }
    untilCount -= 1
    guard untilCount == 0 else { return nil }
    untilCount = Self.countedEvery
    let count = answer.body(in: bytes).withUnsafeBytes { body in
      var count = 0
      var offset = 0
      while let end = body.end(of: Self.seq, from: offset) { (count, offset) = (count + 1, end) }
      return count
    }
    return count == Self.messages ? nil : "a page of \(count) messages"
  }

  func flawOfAll() -> String? { nil }
}
