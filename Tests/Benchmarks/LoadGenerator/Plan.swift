// What the driver asks for, in one line of JSON.
import Posix

struct Plan: Decodable, Sendable {
  enum Workload: String, Decodable, Sendable {
    case fanout, idle, joins, post, read, send, storm
  }

  /// What the server speaks.
  enum Dialect: String, Decodable, Sendable {
    /// The contract, or as much of it as a workload needs.
    case echochat
    /// Channels of nginx's nchan: what a publisher sends is what everybody hears, the publisher too, and that is all she hears of it.
    case nchan
  }

  /// One connection: who opens it, and the room that it writes to or reads.
  struct Line: Decodable, Sendable {
    let token: String
    let room: String
    /// What it asks for, in turn (read).
    let targets: [String]?
    /// The room's last message when the run begins, if there is one (send).
    let seq: Int?
    /// Where it goes on listening (storm).
    let since: Int?
  }

  let workload: Workload
  let dialect: Dialect
  /// `127.0.0.1:PORT`.
  let address: String
  let lines: [Line]
  let warmUpSeconds: Double
  let seconds: Double
  /// Messages of one sender that are not acknowledged yet (fanout).
  let inFlight: Int
  /// How many of the lines send as well: the first ones of each room (fanout), or of all (storm).
  let senders: Int
  /// How many lines are open at the end of each stage, rising (idle); of all but the last stage (joins).
  let stages: [Int]
  /// An open loop: so many messages (fanout, send, storm) or connections (joins) are due each second, whatever became of those before. Nil:
  /// the next one leaves when the one before it is answered.
  let perSecond: Double?
  /// Messages that each answer holds (read), if that is to be looked at, or that each line has missed (storm).
  let messages: Int?
  /// A word that no other run on the same data used: client_ids are remembered for ever.
  let run: String

  /// What becomes of one message on its way to us, in a test that wants the run to be void.
  let sabotage: Sabotage.Kind?

  func server() throws(Errno) -> SocketAddress {
    guard let address = SocketAddress(address) else { throw Errno("address \(address)", code: 22) }
    return address
  }
}
