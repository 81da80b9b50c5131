// One client's line.
import Domain
import EventLoop
import WebSocket

/// Kept small: thousands of these lie side by side and most of them are silent.
struct Connection {
  /// Where the line is on its way from the handshake to the end.
  enum Stage {
    /// Reads the HTTP request.
    case handshake(Entrance)
    /// Speaks WebSocket, waits for the `authenticate` command.
    case signIn(Entrance)
    /// The errands look up who it is and what she missed; nothing is read meanwhile.
    case arriving(Entrance)
    /// Hears what she missed, as fast as she takes it.
    case catchingUp(CatchUp)
    /// Hears what happens.
    case live
    /// Hears nothing more; our Close frame is on its way.
    case closing
  }

  let socket: Int32
  var stage: Stage
  var protocolState = ProtocolState(role: .server)
  var outbox = Outbox()
  /// Whose line it is, once signed in.
  var person: Person?
  var session = SessionNumber(0)
  /// The rooms in which it is subscribed.
  var subscriptions: [Subscription] = []
  /// Hears only of this room (`/ws?room=`).
  var onlyRoom: RoomNumber?
  /// Wall clock, seconds.
  var tokenExpiresAt: Int64 = .max
  /// The loop's clock, milliseconds: when the peer was last heard, or when the stage must be over.
  var lastHeard: Int64
  var lastTyping: Int64 = 0
  /// The publication in which this line was written to in its own way, or counted; see `PushLoop.publish`.
  var turn: UInt32 = 0
  var hits: UInt32 = 0
  var commandsInHand: UInt16 = 0
  var refusalsInARow: UInt16 = 0
  var isDirty = false
  var waitsForWriting = false
  var isReadingPaused = false
  var isPinged = false
  /// Not WebSocket: closed once the HTTP answer is written.
  var isPlainHTTP = false
}

/// A place in a room's list of subscribers.
struct Subscription {
  let room: Int32
  var place: Int32
}
