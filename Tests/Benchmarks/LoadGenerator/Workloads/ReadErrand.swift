// Reading: each line asks for the same things again and again.

/// Nothing changes meanwhile: every answer has as many bytes as the first one to the same request; messages in it, if they matter, are counted
/// every 61st time.
struct ReadErrand: Errand {
  private static let countedEvery = 61
  private static let seq = Needle("\"seq\":")

  /// What a line asks for, in turn.
  private struct Round {
    let requests: [[UInt8]]
    var bodyCounts: [Int?]
    var turn = 0
  }

  private let messages: Int?
  private var rounds: [Round]
  private var untilCount = 1

  init(_ plan: Plan) {
    messages = plan.messages
    rounds = plan.lines.map { line in
      let requests = (line.targets ?? ["/"]).map { target in
        Array("GET \(target) HTTP/1.1\r\nHost: \(plan.address)\r\nAuthorization: Bearer \(line.token)\r\n\r\n".utf8)
      }
      return Round(requests: requests, bodyCounts: Array(repeating: nil, count: requests.count))
    }
  }

  func request(_ line: Int) -> [UInt8] { rounds[line].requests[rounds[line].turn] }

  mutating func flaw(of answer: HTTPAnswer, to line: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    guard answer.status == 200 else { return "status \(answer.status)" }
    let turn = rounds[line].turn
    rounds[line].turn = (turn + 1) % rounds[line].requests.count
    let first = rounds[line].bodyCounts[turn] ?? answer.bodyCount
    rounds[line].bodyCounts[turn] = first
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
