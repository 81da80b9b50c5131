// Edits of messages, or reactions to them, over REST: each connection changes its own list of messages, in turn.
import Posix

/// No message is in two lists. An edit must come back with the words that were sent. A connection first reacts to all of its messages, then
/// takes every reaction back, and so on.
struct ChangeWorkload: RequestWorkload {
  enum Kind: String, Decodable, Sendable {
    case edit, react
  }

  /// 👍
  private static let emoji = "%F0%9F%91%8D"
  private static let reactions = Needle("ctions\":")

  private struct List {
    let targets: [String]
    var next = 0
    /// Whether the list's reactions are being taken back.
    var removes = false
    /// The number of the edit in flight.
    var edit = 0
  }

  private let kind: Kind
  private let heads: [String]
  private var lists: [List]
  private var sentCount = 0

  init(_ plan: Plan) {
    kind = plan.change ?? .edit
    heads = plan.connections.map { " HTTP/1.1\r\nHost: \(plan.address)\r\nAuthorization: Bearer \($0.token)\r\n" }
    lists = plan.connections.map { List(targets: $0.targets ?? ["/"]) }
  }

  mutating func request(_ connection: Int) -> [UInt8] {
    let list = lists[connection]
    let target = list.targets[list.next]
    guard kind == .edit else {
      return Array("\(list.removes ? "DELETE" : "PUT") \(target)/reactions/\(Self.emoji)\(heads[connection])Content-Length: 0\r\n\r\n".utf8)
    }
    lists[connection].edit = sentCount
    var body = Array("{\"content\":\"".utf8)
    MessageStamp(number: sentCount, sentAt: Clock.monotonicNanoseconds()).append(to: &body)
    body.append(contentsOf: "\"}".utf8)
    sentCount += 1
    let fields = "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
    return Array("PATCH \(target)\(heads[connection])\(fields)".utf8) + body
  }

  mutating func problem(of response: ReceivedResponse, to connection: Int, in bytes: UnsafeRawBufferPointer) -> String? {
    let list = lists[connection]
    guard response.status == 200 else { return "status \(response.status) for \(list.targets[list.next])" }
    let isDone = response.body(in: bytes).withUnsafeBytes { body in
      guard kind == .react else { return MessageStamp.read(in: body)?.number == list.edit }
      guard let start = body.end(of: Self.reactions), start + 1 < body.count else { return false }
      return (body[start + 1] == UInt8(ascii: "}")) == list.removes
    }
    lists[connection].next = (list.next + 1) % list.targets.count
    if lists[connection].next == 0 { lists[connection].removes.toggle() }
    return isDone ? nil : "\(list.targets[list.next]) is not as it was changed"
  }

  func finalProblem() -> String? { nil }
}
