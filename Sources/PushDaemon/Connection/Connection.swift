// One client's connection.
import Domain
import EventLoop

/// Kept small: thousands of these live side by side and most of them are silent. What a connection needs only for a moment is in objects of
/// its own: `PendingHandshake`, `CatchUp`, `PartialIO`.
final class Connection {
  /// How a publication reaches a connection; see `Publisher`.
  enum DeliveryPath: UInt8 {
    /// The frames of one room are all it receives.
    case singleRoom
    /// It is subscribed to several rooms with new frames, which are to be merged.
    case multiRoom
    /// It has been listed for merging.
    case merged
    /// Its user's visibility changes: every event was decided by itself.
    case individual
  }

  let token: Token
  let socket: Int32
  /// Cannot overflow: nothing is read from `CommandDispatcher.commandsInFlightMax` on, and what was read by then holds less than
  /// 64 KiB / 6 frames.
  var commandsInFlight: UInt16 = 0
  var consecutiveRateLimitErrors: UInt8 = 0
  var framesBeforeSignIn: UInt8 = 0
  /// In the publication `publishGeneration`.
  var deliveryPath = DeliveryPath.singleRoom
  private(set) var state = ConnectionState()
  /// Nil until it is authenticated.
  var user: ConnectedUser?
  var session = SessionRowID(0)
  /// Wall clock, seconds.
  var tokenExpiresAt: Int64 = .max
  /// The loop's clock, milliseconds: when the peer last sent something; of an event stream, when it was last sent a heartbeat.
  var lastReceived: Int64
  var lastTyping: Int64 = 0
  /// The publication to which `deliveryPath` belongs.
  var publishGeneration: UInt32 = 0
  var isDirty = false
  var isWaitingToWrite = false
  var isReadingPaused = false
  var isPinged = false
  /// Reads server-sent events instead of WebSocket frames, and sends nothing after its request.
  var isEventStream = false
  /// Of a user without a verified address, under ECHOCHAT_REQUIRE_VERIFIED, when a token was last checked. Changes ask the database.
  var isReadOnly = false
  /// Receives the events of this room only (`/ws?room=`), which is also the room of its commands that name none. Few connections have one:
  /// a reference is the smallest.
  private(set) var onlyRoom: OnlyRoom?
  var partialIO: PartialIO?

  init(_ token: Token, socket: Int32, lastReceived: Int64) {
    self.token = token
    self.socket = socket
    self.lastReceived = lastReceived
  }

  /// Nil if the event does not apply in the present phase.
  func transition(on event: ConnectionState.Event) -> [ConnectionState.Action]? { state.handle(event) }

  /// The room of `/ws?room=`.
  final class OnlyRoom {
    let rowID: RoomRowID
    let id: PublicID

    init(_ rowID: RoomRowID, _ id: PublicID) {
      self.rowID = rowID
      self.id = id
    }
  }

  func narrow(to room: RoomRowID, _ id: PublicID) { onlyRoom = OnlyRoom(room, id) }

  var roomFilter: RoomRowID? { onlyRoom?.rowID }

  func accepts(_ room: RoomRowID) -> Bool { onlyRoom.map { $0.rowID == room } ?? true }

  var phase: ConnectionState.Phase { state.phase }
  var isLive: Bool { phase == .live }
  var isClosed: Bool { phase == .closed }
  /// Nothing new is written to it.
  var isClosing: Bool { phase == .closing || phase == .httpResponseSent }
}
