// Connections, rooms and delivery of one loop, without a loop.
import Chat
import Domain
import EventLoop

@testable import PushDaemon

/// Notes what the parts report and does with it what `PushLoop` does.
class DeliveryFixture: ConnectionIODelegate, DeliveryDelegate {
  let sockets = FakeSockets()
  let io: ConnectionIO
  let hub = Hub()
  let replayBuffer: ReplayBuffer
  let catchUps: CatchUps
  let publisher: Publisher
  var wallMilliseconds: Int64 { wall.milliseconds }
  /// "live 3", "joined 1", "closed 3", by the slot of the connection or the row of the user.
  var log: [String] = []
  var texts: [String] = []
  var requests: [String] = []
  /// What was asked of the database: since when.
  var loads: [Int64] { loaded.positions }
  private let wall = Wall()
  private let loaded = Loads()

  private final class Wall {
    var milliseconds: Int64 = 1_700_000_000_000
  }
  private final class Loads {
    var positions: [Int64] = []
  }

  init(position: Int64 = 0, replayBytesMax: Int = 1 << 20, sendBufferBytesMax: Int = 1 << 20) {
    let (wall, loaded) = (wall, loaded)
    io = ConnectionIO(
      loop: sockets,
      limits: ConnectionLimits(
        signInMilliseconds: 10_000, heartbeatMilliseconds: 25_000, sendBufferBytesMax: sendBufferBytesMax, messageBytesMax: 1 << 16),
      wallMilliseconds: { wall.milliseconds })
    replayBuffer = ReplayBuffer(startingAt: position, bytesMax: replayBytesMax)
    catchUps = CatchUps(io: io, hub: hub, replayBuffer: replayBuffer) { _, _, since in loaded.positions.append(since) }
    publisher = Publisher(io: io, hub: hub, replayBuffer: replayBuffer, catchUps: catchUps)
    io.delegate = self
    publisher.delegate = self
    catchUps.delegate = self
  }

  deinit {
    for connection in io.all { io.free(connection) }
  }

  // MARK: Peers

  func connect(_ peer: TestPeer = TestPeer()) -> TestPeer {
    peer.accepted = io.accept(peer.near)
    return peer
  }

  /// A connection of `user` that knows everything up to `position` and then was in `rooms`.
  func catchingUp(
    _ user: Int64, rooms: [Int64], blocked: [Int64] = [], after position: Int64, only filter: Int64? = nil, backlog: EventBatch? = nil,
    through: Int64? = nil, authorizedAt: Int64? = nil, peer: TestPeer = TestPeer()
  ) -> TestPeer {
    let peer = connect(peer)
    let connection = peer.connection
    hub.add(connection, of: Self.user(user))
    connection.session = SessionRowID(100 + user)
    if let filter { connection.narrow(to: RoomRowID(filter), PublicID(trusted: "room\(filter)")) }
    for event in [ConnectionState.Event.upgraded, .authenticationStarted, .admitted] { io.handle(event, connection) }
    catchUps.start(
      CatchUp(
        connection, claim: SessionClaim(session: PublicID(trusted: "session\(user)"), user: PublicID(trusted: "user\(user)")),
        position: position,
        rooms: Dictionary(uniqueKeysWithValues: rooms.map { (RoomRowID($0), PublicID(trusted: "room\($0)")) }),
        blockedEitherWay: Set(blocked.map { UserRowID($0) }), backlog: backlog, backlogThrough: through ?? position,
        authorizedAt: authorizedAt ?? through ?? position))
    return peer
  }

  /// A live connection of `user`, who is in `rooms`.
  func live(_ user: Int64, rooms: [Int64], blocked: [Int64] = [], only filter: Int64? = nil, peer: TestPeer = TestPeer()) -> TestPeer {
    catchingUp(user, rooms: rooms, blocked: blocked, after: replayBuffer.end, only: filter, peer: peer)
  }

  static func user(_ number: Int64) -> User {
    User(
      rowID: UserRowID(number), id: PublicID(trusted: "user\(number)"), username: "user\(number)", displayName: "", statusText: "",
      createdAt: Timestamp(milliseconds: 0))
  }

  // MARK: Time

  func pass(milliseconds: Int64) {
    sockets.time += milliseconds
    wall.milliseconds += milliseconds
    io.checkDeadlines(at: sockets.time)
    io.flushDirty()
  }

  /// What the loop does with a peer's bytes.
  func read(_ peer: TestPeer) {
    io.ready(peer.connection, canRead: true, canWrite: false)
    io.flushDirty()
  }

  func publish(_ entries: [JournalEntry]) {
    publisher.publish([EventBatch(entries)])
    io.flushDirty()
  }

  // MARK: Delegates

  func received(request bytes: UnsafeRawBufferPointer, on connection: Connection) {
    requests.append(String(decoding: bytes, as: UTF8.self))
  }
  func received(text: UnsafeRawBufferPointer, on connection: Connection) { texts.append(String(decoding: text, as: UTF8.self)) }
  func admitsControlFrame(on connection: Connection) -> Bool { true }
  func received(early bytes: UnsafeRawBufferPointer, on connection: Connection) { log.append("early \(bytes.count)") }
  func continueCatchUp(_ connection: Connection) { catchUps.advanceCatchUp(connection) }
  func discardHandshake(_ connection: Connection) {}
  func discardCatchUp(_ connection: Connection) { catchUps.discard(connection) }
  func unsubscribe(_ connection: Connection) { hub.unsubscribeAll(connection) }
  func closed(_ connection: Connection) {
    log.append("closed \(connection.token.slot)")
    hub.remove(connection)
  }
  func wentLive(_ connection: Connection) { log.append("live \(connection.token.slot)") }
  func joinedRoom(_ user: ConnectedUser) { log.append("joined \(user.rowID.value)") }
}

extension TestPeer {
  /// The positions of the events among the frames.
  static func positions(_ frames: [String]) -> [Int64] {
    frames.compactMap { frame in
      guard let start = frame.firstRange(of: #""id":"#)?.upperBound else { return nil }
      return Int64(frame[start...].prefix { $0.isNumber }).flatMap(Cursor.init)?.position
    }
  }

  func positions() -> [Int64] { Self.positions(frames()) }
}
