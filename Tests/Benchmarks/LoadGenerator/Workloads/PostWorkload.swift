// POST requests with messages to one room, each acknowledged when it is on disk.
import Posix

struct PostWorkload: RequestWorkload {
  private static let seq = Needle("\"seq\":")

  private let heads: [[UInt8]]
  private let run: String
  private var sentCount = 0
  private var seqTable = SeqTable()

  init(_ plan: Plan) {
    run = plan.run
    heads = plan.connections.map { connection in
      Array(
        """
        POST /api/v1/rooms/\(connection.room)/messages HTTP/1.1\r
        Host: \(plan.address)\r
        Authorization: Bearer \(connection.token)\r
        Content-Type: application/json\r
        Content-Length: 
        """.utf8)
    }
  }

  mutating func request(_ connection: Int) -> [UInt8] {
    let body = MessageEncoder.body(MessageStamp(number: sentCount, sentAt: Clock.monotonicNanoseconds()), run: run)
    sentCount += 1
    return heads[connection] + "\(body.count)\r\n\r\n".utf8 + body
  }

  mutating func problem(of response: ReceivedResponse, to connection: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    guard response.status == 201 else { return "status \(response.status)" }
    let body = response.body(in: bytes)
    return body.withUnsafeBytes { body in
      guard let seqStart = body.end(of: Self.seq), let seq = body.number(at: seqStart), let stamp = MessageStamp.read(in: body) else {
        return "no message, or a changed one"
      }
      return seqTable.acknowledge(stamp.number, at: seq.value) ? nil : "seq \(seq.value) was assigned twice"
    }
  }

  func finalProblem() -> String? {
    guard seqTable.acknowledged == sentCount else { return "\(sentCount) messages were posted, \(seqTable.acknowledged) acknowledged" }
    return seqTable.isDense ? nil : "\(seqTable.acknowledged) messages were acknowledged, but the last one is seq \(seqTable.last)"
  }
}
