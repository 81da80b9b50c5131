// Authenticates a connection, finds its resume position and admits it.
import Auth
import Chat
import Configuration
import Domain
import EventLoop
import Posix
import WebSocket
import Wire

/// What a fresh access token gives a connection.
struct Renewal: Sendable {
  /// How long the connection may live, in seconds of the wall clock.
  let untilSeconds: Int64
  /// See `Connection.isReadOnly`.
  let isReadOnly: Bool
}

final class Authenticator {
  private let chat: Chat
  private let io: ConnectionIO
  private let hub: Hub
  private let catchUps: CatchUps
  private let replayBuffer: ReplayBuffer
  private let handshakes: PendingHandshakes
  private let limiter: ConnectionLimiter<UserRowID>
  private let loader: ResumeLoader
  private var queue = AdmissionQueue()

  init(
    chat: Chat, io: ConnectionIO, hub: Hub, catchUps: CatchUps, replayBuffer: ReplayBuffer, handshakes: PendingHandshakes,
    limiter: ConnectionLimiter<UserRowID>, loader: ResumeLoader
  ) {
    self.chat = chat
    self.io = io
    self.hub = hub
    self.catchUps = catchUps
    self.replayBuffer = replayBuffer
    self.handshakes = handshakes
    self.limiter = limiter
    self.loader = loader
  }

  // MARK: Credentials

  /// Checks an access token's signature here; the thread pool looks up its session.
  func authenticate(_ connection: Connection, _ pending: PendingHandshake, accessToken: String) {
    do throws(ChatError) {
      let verified = try chat.verify(accessToken: accessToken)
      pending.tokenExpiresAt = verified.expiresAtSeconds
      io.handle(.authenticationStarted, connection)
      loader.load(connection.token, verified, since: position(of: pending), replayBufferStart: replayBuffer.start)
    } catch {
      refuse(connection, pending, error)
    }
  }

  /// Redeems a ticket, which is thereby used up.
  func authenticate(_ connection: Connection, _ pending: PendingHandshake, ticket: String) {
    do throws(ChatError) {
      let change = try chat.redeemingTicket(ticket)
      pending.tokenExpiresAt = io.wallMilliseconds() / 1000 + chat.settings.accessTokenSeconds
      io.handle(.authenticationStarted, connection)
      let (loader, token, since, replayBufferStart) = (loader, connection.token, position(of: pending), replayBuffer.start)
      chat.submit([change]) { results in
        switch results.first {
        case .success(let claim)?: loader.load(token, claim, since: since, replayBufferStart: replayBufferStart)
        case .failure(let error)?: loader.deliver(token, .failure(ChatError(mapping: error)))
        case nil: break
        }
      }
    } catch {
      refuse(connection, pending, error)
    }
  }

  /// The `authenticate` command on a connection that is not signed in.
  func authenticate(_ connection: Connection, ref: String?, accessToken: String, since: Cursor?) {
    let pending = handshakes[connection]
    pending.ref = ref
    if let since { pending.since = since }
    authenticate(connection, pending, accessToken: accessToken)
  }

  /// The `authenticate` command on a connection that is signed in: checks the token as at sign-in. `completion` is called from any thread
  /// with what `renew` applies.
  func reauthenticate(
    _ connection: Connection, accessToken: String, completion: @escaping @Sendable (Result<Renewal, ChatError>) -> Void
  ) throws(ChatError) {
    let verified = try chat.verify(accessToken: accessToken)
    // Ours says so itself; of a host application's the database knows whose it is.
    if let claim = verified.claim, claim.user != connection.user?.id { throw ResumeLoader.otherUser }
    loader.check(verified, of: connection.user?.id) { result in
      completion(result.map { Renewal(untilSeconds: verified.expiresAtSeconds, isReadOnly: $0) })
    }
  }

  func renew(_ connection: Connection, _ renewal: Renewal) {
    connection.tokenExpiresAt = max(connection.tokenExpiresAt, renewal.untilSeconds)
    connection.isReadOnly = renewal.isReadOnly
    io.scheduleHeartbeat(connection)
  }

  /// Where the client resumes; nil without a cursor, and for one of another history.
  private func position(of pending: PendingHandshake) -> Int64? { pending.since.flatMap(chat.history.position(of:)) }

  // MARK: Lookups

  /// A lookup has ended; it is handled at the end of an iteration.
  func enqueue(_ token: Token, _ result: Result<ResumeSnapshot, ChatError>) {
    queue.append(token, result)
  }

  var hasQueued: Bool { !queue.isEmpty }

  func admitQueued(atMost count: Int) {
    for (token, result) in queue.take(count) {
      if let connection = io[token] { handle(connection, result) }
    }
  }

  /// For a connection that authenticates, or one that asked for more while it catches up.
  private func handle(_ connection: Connection, _ result: Result<ResumeSnapshot, ChatError>) {
    switch (connection.phase, result) {
    case (.authenticating, .success(let snapshot)), (.openingStream, .success(let snapshot)):
      admit(connection, handshakes[connection], snapshot)
    case (.authenticating, .failure(let error)), (.openingStream, .failure(let error)):
      refuse(connection, handshakes[connection], error)
    case (.catchingUp, .success(let snapshot)) where snapshot.resumed:
      catchUps[connection]?.loaded(
        rooms: Self.rooms(of: snapshot), blockedEitherWay: snapshot.blockedEitherWay, backlog: backlog(of: snapshot),
        backlogThrough: snapshot.backlogThrough,
        authorizedAt: snapshot.readThrough)
      catchUps.advanceCatchUp(connection)
    case (.catchingUp, .success):
      // It fell behind further than can be replayed; `welcome` reports that when it reconnects.
      io.close(connection, .tooSlow, "too slow; reconnect with since")
    case (.catchingUp, .failure(let error)):
      io.close(connection, CloseCode(for: error), error.detail)
    default:
      break
    }
  }

  // MARK: Admission

  private func admit(_ connection: Connection, _ pending: PendingHandshake, _ snapshot: ResumeSnapshot) {
    let user = snapshot.principal.user
    // A connection costs more than a command: a client that was closed for too many commands must not come back at once.
    if let error = chat.commands.tryAcquire(user.rowID, now: io.loop.now()) { return refuse(connection, pending, error) }
    let room = pending.room.flatMap { id in snapshot.rooms.first { $0.id == id } }
    guard pending.room == nil || room != nil else { return refuse(connection, pending, .notFound) }
    let limit = chat.settings.connectionsPerUser
    guard limiter.acquire(user.rowID, limit: limit) else {
      let exceeded = ExceededLimit(.connectionsPerUser, count: limit ?? Int(UInt16.max))
      return refuse(
        connection, pending,
        ChatError(.tooManyConnections, "Too many connections of this user.", retryAfterMilliseconds: 2000, limit: exceeded))
    }
    hub.add(connection, of: user)
    connection.session = snapshot.principal.session
    chat.noteSighting(of: snapshot.principal.session)
    connection.tokenExpiresAt = pending.tokenExpiresAt
    connection.isReadOnly = chat.isReadOnly(snapshot.principal)
    connection.lastReceived = io.loop.now()

    if let room { connection.narrow(to: room.rowID, room.id) }
    if connection.isEventStream {
      io.beginEventStream(connection, cursor: chat.history.cursor(at: snapshot.position), headers: pending.responseHeaders)
    }
    io.sendText(connection, welcome(snapshot))
    if pending.ref != nil { io.sendText(connection, ServerFrame.ok(ref: pending.ref)) }
    guard io.handle(.admitted, connection) else { return }
    (snapshot.resumed ? io.metrics.resumed : pending.since == nil ? io.metrics.fresh : io.metrics.notResumed).add()
    Log.debug("connection authenticated", ["connection": connection.token.text, "user": user.id.text, "resumed": snapshot.resumed])
    catchUps.start(
      CatchUp(
        connection, claim: snapshot.principal.claim, position: snapshot.position, rooms: Self.rooms(of: snapshot),
        blockedEitherWay: snapshot.blockedEitherWay, backlog: backlog(of: snapshot),
        backlogThrough: snapshot.backlogThrough, authorizedAt: snapshot.readThrough))
    readBufferedFrames(connection, pending)
  }

  private func backlog(of snapshot: ResumeSnapshot) -> EventBatch? {
    snapshot.backlog.isEmpty ? nil : EventBatch(snapshot.backlog, chat.history)
  }

  private static func rooms(of snapshot: ResumeSnapshot) -> [RoomRowID: PublicID] {
    Dictionary(snapshot.rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
  }

  private func welcome(_ snapshot: ResumeSnapshot) -> [UInt8] {
    ServerFrame.welcome(
      user: snapshot.principal.user, session: snapshot.principal.sessionID, cursor: chat.history.cursor(at: snapshot.position),
      epoch: chat.epoch,
      resumed: snapshot.resumed, heartbeatMilliseconds: io.limits.heartbeatMilliseconds, limits: chat.limits,
      connection: io.limits.bounds)
  }

  /// Reads frames that arrived with the request, or during the lookup.
  func readBufferedFrames(_ connection: Connection, _ pending: PendingHandshake) {
    var bytes = pending.unread
    pending.unread = []
    guard !bytes.isEmpty else { return }
    if !connection.isEventStream { bytes.withUnsafeMutableBytes { io.readFrames(connection, $0) } }
  }

  private func refuse(_ connection: Connection, _ pending: PendingHandshake, _ error: ChatError) {
    io.metrics.refusedAdmissions.add()
    Log.debug("connection refused", ["connection": connection.token.text, "code": error.code.rawValue])
    if connection.isEventStream { return io.respond(to: connection, error, headers: pending.responseHeaders) }
    io.sendError(connection, pending.ref, error)
    io.close(connection, CloseCode(for: error), error.closeReason)
  }
}
