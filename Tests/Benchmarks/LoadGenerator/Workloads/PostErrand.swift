// Posting messages to one room, each answered when it is on disk.
import Posix

struct PostErrand: Errand {
  private static let seq = Needle("\"seq\":")

  private let heads: [[UInt8]]
  private let run: String
  private var numbersGiven = 0
  private var ledger = SeqLedger()

  init(_ plan: Plan) {
    run = plan.run
    heads = plan.lines.map { line in
      Array(
        """
        POST /api/v1/rooms/\(line.room)/messages HTTP/1.1\r
        Host: \(plan.address)\r
        Authorization: Bearer \(line.token)\r
        Content-Type: application/json\r
        Content-Length: 
        """.utf8)
    }
  }

  mutating func request(_ line: Int) -> [UInt8] {
    let body = Utterance.body(Stamp(number: numbersGiven, sentAt: Clock.monotonicNanoseconds()), run: run)
    numbersGiven += 1
    return heads[line] + "\(body.count)\r\n\r\n".utf8 + body
  }

  mutating func flaw(of answer: HTTPAnswer, to line: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    guard answer.status == 201 else { return "status \(answer.status)" }
    let body = answer.body(in: bytes)
    return body.withUnsafeBytes { body in
      guard let place = body.end(of: Self.seq), let seq = body.number(at: place), let stamp = Stamp.read(in: body) else {
        return "no message, or a changed one"
      }
      return ledger.acknowledge(stamp.number, at: seq.value) ? nil : "seq \(seq.value) was given twice"
    }
  }

  func flawOfAll() -> String? {
    guard ledger.acknowledged == numbersGiven else { return "\(numbersGiven) messages were posted, \(ledger.acknowledged) acknowledged" }
    return ledger.isDense ? nil : "\(ledger.acknowledged) messages were acknowledged, but the last one is seq \(ledger.last)"
  }
}
