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
  func signIn(_ token: Token, _ entrance: Entrance, accessToken: String) {
    do throws(Refusal) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard let session = PublicID(claims.sessionID) else { throw Refusal(.unauthenticated, "Sign in first.") }
      entrance.tokenExpiresAt = claims.expiresAtSeconds
      lookUp(token, entrance, session)
    } catch {
      refuseSignIn(token, entrance, error)
    }
  }

  /// Signs a line in by a ticket, which is used up by it.
  func signIn(_ token: Token, _ entrance: Entrance, ticket: String) {
    do throws(Refusal) {
      let change = try shared.chat.takingTicket(ticket)
      entrance.tokenExpiresAt = Clock.wallMilliseconds() / 1000 + settings.accessTokenSeconds
      beginArrival(token, entrance)
      let (shared, mailbox, since, tailStart) = (shared, mailbox, entrance.since, tail.start)
      shared.chat.submit([change]) { results in
        switch results.first {
        case .success(let session)?: Self.ask(shared, mailbox, token, session, since: since, tailStart: tailStart)
        case .failure(let error)?: mailbox.post(.arrived(token, .failure(Chat.refusal(for: error))))
        case nil: break
        }
      }
    } catch {
      refuseSignIn(token, entrance, error)
    }
  }

  private func lookUp(_ token: Token, _ entrance: Entrance, _ session: PublicID) {
    beginArrival(token, entrance)
    Self.ask(shared, mailbox, token, session, since: entrance.since, tailStart: tail.start)
  }

  private func beginArrival(_ token: Token, _ entrance: Entrance) {
    connections[token]?.stage = .arriving(entrance)
    pauseReading(token, true)
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
    switch (connections[token]?.stage, result) {
    case (.arriving(let entrance), .success(let arrival)):
      enter(token, entrance, arrival)
    case (.arriving(let entrance), .failure(let refusal)):
      refuseSignIn(token, entrance, refusal)
    case (.catchingUp(let catchUp), .success(let arrival)) where arrival.resumed:
      catchUp.isAsking = false
      catchUp.rooms = Self.rooms(of: arrival)
      catchUp.missed = arrival.missed.isEmpty ? nil : NewsBatch(arrival.missed)
      catchUp.nextItem = 0
      catchUp.missedThrough = arrival.missedThrough
      advance(token)
    case (.catchingUp, .success):
      // She fell behind further than can be replayed: let her come again and be told so.
      close(token, .tooSlow, "too slow: come back with since")
    case (.catchingUp, .failure(let refusal)):
      close(token, Self.closeCode(for: refusal), refusal.detail)
    default:
      break
    }
  }

  private func enter(_ token: Token, _ entrance: Entrance, _ arrival: Arrival) {
    let user = arrival.actor.user
    guard shared.census.enter(user.number, limit: settings.connectionsPerUser) else {
      return refuseSignIn(token, entrance, Refusal(.tooManyConnections, "Too many connections of this user."))
    }
    let person = people[user.number] ?? Person(user)
    people[user.number] = person
    person.lines.append(token)
    connections[token]?.person = person
    connections[token]?.session = arrival.actor.session
    connections[token]?.tokenExpiresAt = entrance.tokenExpiresAt
    connections[token]?.lastHeard = loop.now()

    if let only = entrance.room {
      guard let room = arrival.rooms.first(where: { $0.id == only }) else { return refuseSignIn(token, entrance, .notFound) }
      connections[token]?.onlyRoom = room.number
    }
    push(token, welcome(arrival))
    if entrance.mustAnswer { push(token, Push.ok(ref: entrance.ref)) }

    let catchUp = CatchUp(
      session: arrival.actor.sessionID, position: arrival.position, rooms: Self.rooms(of: arrival),
      missed: arrival.missed.isEmpty ? nil : NewsBatch(arrival.missed),
      missedThrough: arrival.missedThrough)
    connections[token]?.stage = .catchingUp(catchUp)
    behind.append(token)
    scheduleBeat(token)
    advance(token)
    pauseReading(token, false)
    readWhatWaited(token, entrance)
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

  private func refuseSignIn(_ token: Token, _ entrance: Entrance, _ refusal: Refusal) {
    push(token, Push.error(ref: entrance.ref, refusal, requestID: Self.requestID()))
    pauseReading(token, false)
    close(token, Self.closeCode(for: refusal), refusal.code.title)
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
  func authenticate(_ token: Token, ref: String?, accessToken: String, since: Int64?) {
    guard let connection = connections[token] else { return }
    if case .signIn(let entrance) = connection.stage {
      entrance.ref = ref
      entrance.mustAnswer = ref != nil
      if let since { entrance.since = since }
      return signIn(token, entrance, accessToken: accessToken)
    }
    do throws(Refusal) {
      let claims = try shared.chat.claims(ofAccessToken: accessToken)
      guard claims.userID == connection.person?.id.text else { throw Refusal(.forbidden, "This line belongs to another user.") }
      connections[token]?.tokenExpiresAt = max(connection.tokenExpiresAt, claims.expiresAtSeconds)
      scheduleBeat(token)
      push(token, Push.ok(ref: ref))
    } catch {
      push(token, Push.error(ref: ref, error, requestID: Self.requestID()))
    }
  }
}
