// What the driver asks for, in one line of JSON.
import Posix

struct Plan: Decodable, Sendable {
  enum Workload: String, Decodable, Sendable {
    case fanout, idle, send, page, post
  }

  /// One connection: who opens it, and the room that it writes to or reads.
  struct Line: Decodable, Sendable {
    let token: String
    let room: String
  }

  let workload: Workload
  /// `127.0.0.1:PORT`.
  let address: String
  let lines: [Line]
  let warmUpSeconds: Double
  let seconds: Double
  /// Messages of one sender that are not acknowledged yet (fanout).
  let inFlight: Int
  /// How many of the lines send as well, the first ones (fanout).
  let senders: Int
  /// How many lines are open at the end of each stage, rising (idle).
  let stages: [Int]
  /// A word that no other run on the same data used: client_ids are remembered for ever.
  let run: String

  func server() throws(Errno) -> SocketAddress {
    guard let address = SocketAddress(address) else { throw Errno("address \(address)", code: 22) }
    return address
  }
}
