// The plan of a run, which the driver sends as one line of JSON.
import Posix

struct Plan: Decodable, Sendable {
  enum Workload: String, Decodable, Sendable {
    case change, fanout, idle, joins, manyRooms = "many_rooms", post, read, resumes, send, storm
  }

  /// The protocol of the server.
  enum Dialect: String, Decodable, Sendable {
    /// EchoChat's contract, or the part of it that a workload needs.
    case echochat
    /// Channels of nginx's nchan: every subscriber, the publisher included, receives what a publisher sends, and there is no other reply.
    case nchan
  }

  /// One connection: the user's token, and the room that it posts to or reads.
  struct Connection: Decodable, Sendable {
    let token: String
    let room: String
    /// Whether it reads server-sent events instead of a WebSocket (fanout, idle): then it sends nothing.
    let readsEvents: Bool?
    /// The targets that it requests (read), or the messages that it changes (change), in turn.
    let targets: [String]?
    /// The token of each target, if they are of several users (read).
    let tokens: [String]?
    /// The room's last seq when the run begins, if it has messages (send).
    let seq: Int?
    /// What it posts to its targets instead of a GET: JSON (read).
    let body: String?
    /// The cursor to resume from (resumes, storm).
    let since: Int?
  }

  /// A room that several connections belong to.
  struct Room: Decodable, Sendable {
    let room: String
    /// The room's last seq when the run begins.
    let seq: Int
    /// The connections of its members.
    let members: [Int]
  }

  let workload: Workload
  let dialect: Dialect
  /// `127.0.0.1:PORT`.
  let address: String
  let connections: [Connection]
  let warmUpSeconds: Double
  let seconds: Double
  /// The rooms of the connections (many_rooms).
  let rooms: [Room]?
  /// Unacknowledged messages: per sender (fanout), or of all together (many_rooms).
  let inFlight: Int
  /// How many connections also send: the first ones of each room (fanout), or of all (storm).
  let senders: Int
  /// How many connections are open at the end of each stage, rising (idle); of all but the last stage (joins).
  let stages: [Int]
  /// The rate of an open loop: messages (fanout, send, storm) or connections (joins) due each second, whether or not earlier ones have
  /// completed. Nil in a closed loop: the next one is sent after the reply to the one before.
  let perSecond: Double?
  /// Messages in each response (read), nil if not checked; messages that each connection missed (storm).
  let messages: Int?
  /// How messages are changed (change).
  let change: ChangeWorkload.Kind?
  /// A name that no other run on the same data had: client_ids are made of it, and are remembered for ever.
  let run: String

  /// A fault to inject into one message, in the test that such a run is invalid.
  let fault: FaultInjector.Kind?

  func server() throws(Errno) -> SocketAddress {
    guard let address = SocketAddress(address) else { throw Errno("address \(address)", code: 22) }
    return address
  }
}
