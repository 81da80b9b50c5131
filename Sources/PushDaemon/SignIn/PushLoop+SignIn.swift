// Who is it, may she come in, and where does she stand in the log.
import Auth
import Chat
import Domain
import EventLoop
import Posix
import Store
import Wire
import WebSocket

extension PushLoop {
  /// Signs a line in by access token: the signature here, the session by the errands.
  func signIn(_ connection: Connection, _ entrance: Entrance, accessToken: String) {
    do throws(Refusal) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard let session = PublicID(claims.sessionID) else { throw Refusal(.unauthenticated, "Sign in first.") }
      entrance.tokenExpiresAt = claims.expiresAtSeconds
      lookUp(connection, entrance, session)
    } catch {
      refuseSignIn(connection, entrance, error)
    }
  }

  /// Signs a line in by a ticket, which is used up by it.
  func signIn(_ connection: Connection, _ entrance: Entrance, ticket: String) {
    do throws(Refusal) {
      let change = try shared.chat.takingTicket(ticket)
      entrance.tokenExpiresAt = Clock.wallMilliseconds() / 1000 + settings.accessTokenSeconds
      beginArrival(connection, entrance)
      let (shared, mailbox, token, since, tailStart) = (shared, mailbox, connection.token, entrance.since, tail.start)
      shared.chat.submit([change]) { results in
        switch results.first {
        case .success(let session)?: Self.ask(shared, mailbox, token, session, since: since, tailStart: tailStart)
        case .failure(let error)?: mailbox.post(.arrived(token, .failure(Chat.refusal(for: error))))
        case nil: break
        }
      }
    } catch {
      refuseSignIn(connection, entrance, error)
    }
  }

  private func lookUp(_ connection: Connection, _ entrance: Entrance, _ session: PublicID) {
    beginArrival(connection, entrance)
    Self.ask(shared, mailbox, connection.token, session, since: entrance.since, tailStart: tail.start)
  }

  private func beginArrival(_ connection: Connection, _ entrance: Entrance) {
    connection.stage = .arriving(entrance)
    pauseReading(connection, true)
  }

  /// Sends the errands to the database; their answer is an `arrived` letter.
  static func ask(_ shared: Shared, _ mailbox: Mailbox<Letter>, _ token: Token, _ session: PublicID, since: Int64?, tailStart: Int64) {
    let accepted = shared.errands.submit {
      do {
        mailbox.post(.arrived(token, .success(try shared.chat.arrive(session: session, since: since, tailStart: tailStart))))
      } catch {
        mailbox.post(.arrived(token, .failure(Chat.refusal(for: error))))
      }
    }
    if !accepted { mailbox.post(.arrived(token, .failure(Refusal(.busy, "Too many are at the door.", retryAfterMilliseconds: 1000)))) }
  }

  /// The errands have answered: for a line at the door, or for one whose tail was cut off while it was catching up.
  func arrived(_ token: Token, _ result: Result<Arrival, Refusal>) {
    guard let connection = connections[token] else { return }
    switch (connection.stage, result) {
    case (.arriving(let entrance), .success(let arrival)):
      enter(connection, entrance, arrival)
    case (.arriving(let entrance), .failure(let refusal)):
      refuseSignIn(connection, entrance, refusal)
    case (.catchingUp(let catchUp), .success(let arrival)) where arrival.resumed:
      catchUp.isAsking = false
      catchUp.rooms = Self.rooms(of: arrival)
      catchUp.missed = arrival.missed.isEmpty ? nil : NewsBatch(arrival.missed)
      catchUp.nextItem = 0
      catchUp.missedThrough = arrival.missedThrough
      catchUp.letInAt = arrival.readAt
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

  private func enter(_ connection: Connection, _ entrance: Entrance, _ arrival: Arrival) {
    let user = arrival.actor.user
    guard shared.census.enter(user.number, limit: settings.connectionsPerUser) else {
      return refuseSignIn(connection, entrance, Refusal(.tooManyConnections, "Too many connections of this user."))
    }
    let person = people[user.number] ?? Person(user)
    people[user.number] = person
    person.lines.append(connection)
    connection.person = person
    connection.session = arrival.actor.session
    connection.tokenExpiresAt = entrance.tokenExpiresAt
    connection.lastHeard = loop.now()

    if let only = entrance.room {
      guard let room = arrival.rooms.first(where: { $0.id == only }) else { return refuseSignIn(connection, entrance, .notFound) }
      connection.onlyRoom = room.number
    }
    push(connection, welcome(arrival))
    if entrance.mustAnswer { push(connection, Push.ok(ref: entrance.ref)) }

    let catchUp = CatchUp(
      session: arrival.actor.sessionID, position: arrival.position, rooms: Self.rooms(of: arrival),
      missed: arrival.missed.isEmpty ? nil : NewsBatch(arrival.missed),
      missedThrough: arrival.missedThrough, letInAt: arrival.readAt)
    connection.stage = .catchingUp(catchUp)
    behind.append(connection)
    scheduleBeat(connection)
    advance(connection)
    pauseReading(connection, false)
    readWhatWaited(connection, entrance)
  }

  private static func rooms(of arrival: Arrival) -> [RoomNumber: PublicID] {
    Dictionary(arrival.rooms.map { ($0.number, $0.id) }, uniquingKeysWith: { first, _ in first })
  }

  private func welcome(_ arrival: Arrival) -> [UInt8] {
    Push.welcome(
      user: arrival.actor.user, session: arrival.actor.sessionID, cursor: arrival.position, epoch: shared.chat.epoch,
      resumed: arrival.resumed,
      heartbeatMilliseconds: settings.heartbeatSeconds * 1000, limits: shared.chat.limits)
  }

  private func refuseSignIn(_ connection: Connection, _ entrance: Entrance, _ refusal: Refusal) {
    push(connection, Push.error(ref: entrance.ref, refusal, requestID: Self.requestID()))
    pauseReading(connection, false)
    close(connection, Self.closeCode(for: refusal), refusal.code.title)
  }

  static func closeCode(for refusal: Refusal) -> CloseCode {
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
    do throws(Refusal) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard claims.userID == connection.person?.id.text else { throw Refusal(.forbidden, "This line belongs to another user.") }
      connection.tokenExpiresAt = max(connection.tokenExpiresAt, claims.expiresAtSeconds)
      scheduleBeat(connection)
      push(connection, Push.ok(ref: ref))
    } catch {
      push(connection, Push.error(ref: ref, error, requestID: Self.requestID()))
    }
  }
}
