// Reading: each line asks for the same thing again and again.

/// Nothing changes meanwhile: every answer to a line has as many bytes as its first; messages in it, if they matter, are counted every 61st time.
struct ReadErrand: Errand {
  private static let countedEvery = 61
  private static let seq = Needle("\"seq\":")

  private let requests: [[UInt8]]
  private let messages: Int?
  private var bodyCounts: [Int?]
  private var untilCount = 1

  init(_ plan: Plan) {
    messages = plan.messages
    bodyCounts = Array(repeating: nil, count: plan.lines.count)
    requests = plan.lines.map { line in
      Array("GET \(line.target ?? "/") HTTP/1.1\r\nHost: \(plan.address)\r\nAuthorization: Bearer \(line.token)\r\n\r\n".utf8)
    }
  }

  func request(_ line: Int) -> [UInt8] { requests[line] }

  mutating func flaw(of answer: HTTPAnswer, to line: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    guard answer.status == 200 else { return "status \(answer.status)" }
    let first = bodyCounts[line] ?? answer.bodyCount
    bodyCounts[line] = first
    guard answer.bodyCount == first else { return "a body of \(answer.bodyCount) bytes, not \(first)" }
    guard let messages else { return nil }
    untilCount -= 1
    guard untilCount == 0 else { return nil }
    untilCount = Self.countedEvery
    let count = answer.body(in: bytes).withUnsafeBytes { body in
      var count = 0
      var offset = 0
      while let end = body.end(of: Self.seq, from: offset) { (count, offset) = (count + 1, end) }
      return count
    }
    return count == messages ? nil : "\(count) messages, not \(messages)"
  }

  func flawOfAll() -> String? { nil }
}
