// Who is it, may she come in, and where does she stand in the log.
import Auth
import Chat
import Configuration
import Domain
import EventLoop
import Posix
import Wire
import WebSocket

extension PushLoop {
  /// Signs a line in by access token: the signature here, the session by the threadPool.
  func signIn(_ connection: Connection, _ entrance: PendingHandshake, accessToken: String) {
    do throws(ChatError) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard let session = PublicID(claims.sessionID) else { throw ChatError(.unauthenticated, "Sign in first.") }
      entrance.tokenExpiresAt = claims.expiresAtSeconds
      lookUp(connection, entrance, session)
    } catch {
      refuseSignIn(connection, entrance, error)
    }
  }

  /// Signs a line in by a ticket, which is used up by it.
  func signIn(_ connection: Connection, _ entrance: PendingHandshake, ticket: String) {
    do throws(ChatError) {
      let change = try shared.chat.redeemingTicket(ticket)
      entrance.tokenExpiresAt = Clock.wallMilliseconds() / 1000 + settings.accessTokenSeconds
      beginArrival(connection, entrance)
      let (shared, mailbox, token, since, replayBufferStart) = (shared, mailbox, connection.token, entrance.since, replayBuffer.start)
      shared.chat.submit([change]) { results in
        switch results.first {
        case .success(let session)?: Self.ask(shared, mailbox, token, session, since: since, replayBufferStart: replayBufferStart)
        case .failure(let error)?: mailbox.send(.arrived(token, .failure(ChatError(mapping: error))))
        case nil: break
        }
      }
    } catch {
      refuseSignIn(connection, entrance, error)
    }
  }

  private func lookUp(_ connection: Connection, _ entrance: PendingHandshake, _ session: PublicID) {
    beginArrival(connection, entrance)
    Self.ask(shared, mailbox, connection.token, session, since: entrance.since, replayBufferStart: replayBuffer.start)
  }

  private func beginArrival(_ connection: Connection, _ entrance: PendingHandshake) {
    connection.stage = .arriving(entrance)
    pauseReading(connection, true)
  }

  /// Sends the threadPool to the database; their answer is an `arrived` message.
  static func ask(
    _ shared: Shared, _ mailbox: Mailbox<LoopMessage>, _ token: Token, _ session: PublicID, since: Int64?, replayBufferStart: Int64
  ) {
    let accepted = shared.threadPool.submit {
      do {
        mailbox.send(
          .arrived(token, .success(try shared.chat.resume(session: session, since: since, replayBufferStart: replayBufferStart))))
      } catch {
        mailbox.send(.arrived(token, .failure(ChatError(mapping: error))))
      }
    }
    if !accepted { mailbox.send(.arrived(token, .failure(ChatError(.busy, "Too many are at the door.", retryAfterMilliseconds: 1000)))) }
  }

  /// The threadPool have answered: for a line at the door, or for one whose tail was cut off while it was catching up.
  func arrived(_ token: Token, _ result: Result<ResumeSnapshot, ChatError>) {
    guard let connection = connections[token] else { return }
    switch (connection.stage, result) {
    case (.arriving(let entrance), .success(let arrival)):
      enter(connection, entrance, arrival)
    case (.arriving(let entrance), .failure(let refusal)):
      refuseSignIn(connection, entrance, refusal)
    case (.catchingUp(let catchUp), .success(let arrival)) where arrival.resumed:
      catchUp.isAsking = false
      catchUp.rooms = Self.rooms(of: arrival)
      catchUp.missed = arrival.backlog.isEmpty ? nil : EventBatch(arrival.backlog)
      catchUp.nextItem = 0
      catchUp.missedThrough = arrival.backlogThrough
      catchUp.authorizedAt = arrival.readThrough
      advance(connection)
    case (.catchingUp, .success):
      // She fell behind further than can be replayed: let her come again and be told so.
      close(connection, .tooSlow, "too slow: come back with since")
    case (.catchingUp, .failure(let refusal)):
      close(connection, Self.closeCode(for: refusal), refusal.detail)
    default:
      break
    }
  }

  private func enter(_ connection: Connection, _ entrance: PendingHandshake, _ arrival: ResumeSnapshot) {
    let user = arrival.principal.user
    guard shared.connectionLimiter.enter(user.rowID, limit: settings.connectionsPerUser) else {
      return refuseSignIn(connection, entrance, ChatError(.tooManyConnections, "Too many connections of this user."))
    }
    let person = people[user.rowID] ?? Person(user)
    people[user.rowID] = person
    person.lines.append(connection)
    connection.person = person
    connection.session = arrival.principal.session
    connection.tokenExpiresAt = entrance.tokenExpiresAt
    connection.lastHeard = loop.now()

    if let only = entrance.room {
      guard let room = arrival.rooms.first(where: { $0.id == only }) else { return refuseSignIn(connection, entrance, .notFound) }
      connection.onlyRoom = room.rowID
    }
    push(connection, welcome(arrival))
    if entrance.mustAnswer { push(connection, ServerFrame.ok(ref: entrance.ref)) }

    let catchUp = CatchUp(
      session: arrival.principal.sessionID, position: arrival.position, rooms: Self.rooms(of: arrival),
      missed: arrival.backlog.isEmpty ? nil : EventBatch(arrival.backlog),
      missedThrough: arrival.backlogThrough, authorizedAt: arrival.readThrough)
    connection.stage = .catchingUp(catchUp)
    behind.append(connection)
    scheduleBeat(connection)
    advance(connection)
    pauseReading(connection, false)
    readWhatWaited(connection, entrance)
  }

  private static func rooms(of arrival: ResumeSnapshot) -> [RoomRowID: PublicID] {
    Dictionary(arrival.rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
  }

  private func welcome(_ arrival: ResumeSnapshot) -> [UInt8] {
    ServerFrame.welcome(
      user: arrival.principal.user, session: arrival.principal.sessionID, cursor: arrival.position, epoch: shared.chat.epoch,
      resumed: arrival.resumed,
      heartbeatMilliseconds: settings.heartbeatSeconds * 1000, limits: shared.chat.limits)
  }

  private func refuseSignIn(_ connection: Connection, _ entrance: PendingHandshake, _ refusal: ChatError) {
    push(connection, ServerFrame.error(ref: entrance.ref, refusal, requestID: Self.requestID()))
    pauseReading(connection, false)
    close(connection, Self.closeCode(for: refusal), refusal.code.title)
  }

  static func closeCode(for refusal: ChatError) -> CloseCode {
    switch refusal.code {
    case .unauthenticated, .badCredentials: .unauthenticated
    case .tokenExpired: .tokenExpired
    case .suspended: .suspended
    case .notFound, .forbidden: .policyViolation
    default: .tryAgainLater
    }
  }

  /// The `authenticate` command: signs a waiting line in, or prolongs one that is signed in.
  func authenticate(_ connection: Connection, ref: String?, accessToken: String, since: Int64?) {
    if case .signIn(let entrance) = connection.stage {
      entrance.ref = ref
      entrance.mustAnswer = ref != nil
      if let since { entrance.since = since }
      return signIn(connection, entrance, accessToken: accessToken)
    }
    do throws(ChatError) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard claims.userID == connection.person?.id.text else { throw ChatError(.forbidden, "This line belongs to another user.") }
      connection.tokenExpiresAt = max(connection.tokenExpiresAt, claims.expiresAtSeconds)
      scheduleBeat(connection)
      push(connection, ServerFrame.ok(ref: ref))
    } catch {
      push(connection, ServerFrame.error(ref: ref, error, requestID: Self.requestID()))
    }
  }
}
