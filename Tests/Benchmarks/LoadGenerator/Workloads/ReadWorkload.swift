// Requests, most of them GET: each connection sends its own ones, again and again.

/// The data does not change, so every response must be as long as the first one to the same request. If the plan says so, every 61st
/// response's messages are counted.
struct ReadWorkload: RequestWorkload {
  private static let countedEvery = 61
  private static let seq = Needle("\"seq\":")

  /// The requests of a connection, sent in turn.
  private struct Cycle {
    let requests: [[UInt8]]
    var bodyCounts: [Int?]
    var next = 0
  }

  private let messages: Int?
  private var cycles: [Cycle]
  private var untilCount = 1

  init(_ plan: Plan) {
    messages = plan.messages
    cycles = plan.connections.map { connection in
      let requests = (connection.targets ?? ["/"]).enumerated().map { index, target in
        let token = connection.tokens?[index] ?? connection.token
        let head = " \(target) HTTP/1.1\r\nHost: \(plan.address)\r\nAuthorization: Bearer \(token)\r\n"
        guard let body = connection.body else { return Array("GET\(head)\r\n".utf8) }
        let fields = "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        return Array("POST\(head)\(fields)\(body)".utf8)
      }
      return Cycle(requests: requests, bodyCounts: Array(repeating: nil, count: requests.count))
    }
  }

  func request(_ connection: Int) -> [UInt8] { cycles[connection].requests[cycles[connection].next] }

  mutating func problem(of response: ReceivedResponse, to connection: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    guard response.status == 200 else { return "status \(response.status)" }
    let current = cycles[connection].next
    cycles[connection].next = (current + 1) % cycles[connection].requests.count
    let first = cycles[connection].bodyCounts[current] ?? response.bodyCount
    cycles[connection].bodyCounts[current] = first
    guard response.bodyCount == first else { return "a body of \(response.bodyCount) bytes, not \(first)" }
    guard let messages else { return nil }
    untilCount -= 1
    guard untilCount == 0 else { return nil }
    untilCount = Self.countedEvery
    let count = response.body(in: bytes).withUnsafeBytes { body in
      var count = 0
      var offset = 0
      while let end = body.end(of: Self.seq, from: offset) { (count, offset) = (count + 1, end) }
      return count
    }
    return count == messages ? nil : "\(count) messages, not \(messages)"
  }

  func finalProblem() -> String? { nil }
}
