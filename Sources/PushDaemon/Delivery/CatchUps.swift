// Brings connections that are behind up to the newest event.
import Chat
import Domain
import EventLoop
import Posix
import WebSocket

/// Sends each lagging connection first what was read from the journal, then what the replay buffer has, a chunk at a time; one that has
/// everything becomes live.
final class CatchUps {
  /// Asks for what a session missed after `since`; the result goes to `loaded`.
  typealias Load = (Token, _ claim: SessionClaim, _ since: Int64) -> Void

  unowned var delegate: (any DeliveryDelegate)?
  private let io: ConnectionIO
  private let hub: Hub
  private let replayBuffer: ReplayBuffer
  private let load: Load
  /// Half the send limit at most: a chunk that is added to unsent bytes must not make the peer look too slow.
  private let chunkBytes: Int
  private var laggingConnections: [Token: CatchUp] = [:]

  init(io: ConnectionIO, hub: Hub, replayBuffer: ReplayBuffer, load: @escaping Load) {
    self.io = io
    self.hub = hub
    self.replayBuffer = replayBuffer
    self.load = load
    chunkBytes = min(CatchUp.chunkBytes, io.limits.sendBufferBytesMax / 2)
  }

  subscript(_ connection: Connection) -> CatchUp? { laggingConnections[connection.token] }

  func start(_ catchUp: CatchUp) {
    laggingConnections[catchUp.connection.token] = catchUp
    let backlog = catchUp.backlog?.events.count ?? 0
    Log.debug("connection catches up", ["connection": catchUp.connection.token.text, "after": catchUp.position, "events": backlog])
    advanceCatchUp(catchUp)
  }

  /// Forgets a connection, which is live or closing.
  func discard(_ connection: Connection) {
    laggingConnections[connection.token] = nil
    // Removing leaves a dictionary as large as it was.
    if laggingConnections.isEmpty { laggingConnections = [:] }
  }

  /// Closes a lagging connection at once on a sign-out or suspension, without sending its backlog first.
  func endEarly(_ connection: Connection, at event: FramedEvent) {
    guard let catchUp = self[connection] else { return }
    switch event.kind {
    case .userSuspended where event.position > catchUp.authorizedAt: io.close(connection, .suspended, "suspended")
    case .sessionEnded where event.session == connection.session: io.close(connection, .unauthenticated, "signed out")
    default: break
    }
  }

  /// Continues all of them.
  func advanceCatchUps() {
    guard !laggingConnections.isEmpty else { return }
    for catchUp in Array(laggingConnections.values) { advanceCatchUp(catchUp) }
  }

  /// Continues one of them, after its peer has taken what was sent.
  func advanceCatchUp(_ connection: Connection) {
    if let catchUp = self[connection] { advanceCatchUp(catchUp) }
  }

  private func advanceCatchUp(_ catchUp: CatchUp) {
    let connection = catchUp.connection
    while connection.phase == .catchingUp, !catchUp.isLoading {
      guard connection.unsentBytes < chunkBytes else { return }
      // A message was deleted after the journal was read: the backlog may contain it.
      if catchUp.backlogThrough <= replayBuffer.redactedThrough { catchUp.discardBacklog() }
      if let backlog = catchUp.backlog {
        sendBacklog(catchUp, backlog)
      } else if catchUp.backlogThrough > catchUp.position {
        catchUp.backlogSent()
      } else if catchUp.position >= replayBuffer.end {
        // Beyond its end: the database was read before its newest events were published here. The next batch brings us level.
        guard catchUp.position == replayBuffer.end else { return }
        return goLive(catchUp)
      } else if catchUp.position < replayBuffer.start {
        catchUp.isLoading = true
        load(connection.token, catchUp.claim, catchUp.position)
      } else {
        sendFromReplayBuffer(catchUp)
      }
    }
  }

  private func goLive(_ catchUp: CatchUp) {
    guard io.handle(.caughtUp, catchUp.connection) else { return }
    Log.debug("connection is live", ["connection": catchUp.connection.token.text, "position": catchUp.position])
    hub.subscribe(catchUp.connection, to: catchUp.rooms, blockedEitherWay: catchUp.blockedEitherWay)
    delegate?.wentLive(catchUp.connection)
  }

  private func sendBacklog(_ catchUp: CatchUp, _ backlog: EventBatch) {
    sendChunk(catchUp) { chunk in
      while catchUp.nextEvent < backlog.events.count {
        let event = backlog.events[catchUp.nextEvent]
        catchUp.nextEvent += 1
        guard chunk.take(event, backlog) else { return }
      }
    }
    if catchUp.nextEvent == backlog.events.count { catchUp.backlogSent() }
  }

  private func sendFromReplayBuffer(_ catchUp: CatchUp) {
    sendChunk(catchUp) { chunk in
      let isThrough = replayBuffer.forEach(after: catchUp.position, where: { chunk.cursor.mayBeIn($0) }, { chunk.take($0, $1) })
      if isThrough { chunk.position = replayBuffer.end }
    }
  }

  /// Sends what `body` takes.
  private func sendChunk(_ catchUp: CatchUp, _ body: (inout CatchUpChunk) -> Void) {
    let connection = catchUp.connection
    guard let user = connection.user else { return }
    var chunk = CatchUpChunk(
      authorizedAt: catchUp.authorizedAt, replayBuffer: replayBuffer, bytesMax: chunkBytes - connection.unsentBytes,
      cursor: MembershipCursor(
        user: user.rowID, session: connection.session, roomFilter: connection.roomFilter, rooms: catchUp.rooms,
        blockedEitherWay: catchUp.blockedEitherWay),
      position: catchUp.position)
    // The cursor changes the rooms in place: with two holders they would be copied.
    catchUp.rooms = [:]
    body(&chunk)
    (catchUp.rooms, catchUp.position) = (chunk.cursor.rooms, chunk.position)
    catchUp.blockedEitherWay = chunk.cursor.blockedEitherWay
    if !chunk.bytes.isEmpty {
      chunk.bytes.withUnsafeBytes { connection.queue(frames: $0) }
      io.markDirty(connection)
    }
    switch chunk.ending {
    case .sessionEnded: io.close(connection, .unauthenticated, "signed out")
    case .suspended: io.close(connection, .suspended, "suspended")
    case nil: break
    }
  }
}
