// Words in: what a client asks for, and who sees to it.
import Chat
import Domain
import EventLoop
import Wire
import WebSocket

/// A change that a line asked for, on its way to the scribe.
struct Dictation: Sendable {
  let token: Token
  let ref: String?
  let change: Chat.Change<[UInt8]>
}

extension PushLoop {
  /// Commands of one line that may be with the scribe; then it is not read until some are answered.
  static let commandsInHandMax: UInt16 = 64
  /// Refusals for the message rate in a row, after which a line that goes on is closed.
  static let refusalsInARowMax: UInt8 = 100

  /// One text message. Whatever it is, it gets one answer; it never costs the line.
  func command(_ connection: Connection, _ text: UnsafeRawBufferPointer) {
    guard !connection.isClosing, !connection.isGone else { return }
    let frame = CommandFrame(json: Array(text))
    switch frame.command {
    case .failure(let refusal):
      refuse(connection, frame.ref, refusal)
    case .success(.authenticate(let accessToken, let since)):
      authenticate(connection, ref: frame.ref, accessToken: accessToken, since: since)
    case .success(.ping):
      push(connection, Push.pong(ref: frame.ref))
    case .success(let command):
      guard connection.person != nil else { return refuse(connection, frame.ref, Refusal(.unauthenticated, "Sign in first.")) }
      carryOut(connection, frame.ref, command)
    }
  }

  private func carryOut(_ connection: Connection, _ ref: String?, _ command: Command) {
    let chat = shared.chat
    do throws(Refusal) {
      switch command {
      case .sendMessage(let room, let message):
        // Who has said it and types on is typing anew.
        connection.lastTyping = 0
        let posting = try chat.posting(message, to: room, session: connection.session)
        dictate(connection, ref) { Push.messageReply(try posting($0).json) }
      case .editMessage(let room, let seq, let content):
        let editing = try chat.editing(seq, in: room, content: content, session: connection.session)
        dictate(connection, ref) { Push.messageReply(try editing($0)) }
      case .deleteMessage(let room, let seq):
        let deleting = try chat.deleting(seq, in: room, session: connection.session)
        dictate(connection, ref) { Push.messageReply(try deleting($0)) }
      case .addReaction(let room, let seq, let emoji):
        let reacting = try chat.reacting(with: emoji, to: seq, in: room, session: connection.session)
        dictate(connection, ref) { Push.messageReply(try reacting($0)) }
      case .removeReaction(let room, let seq, let emoji):
        let unreacting = try chat.unreacting(with: emoji, to: seq, in: room, session: connection.session)
        dictate(connection, ref) { Push.messageReply(try unreacting($0)) }
      case .mark(let room, let marks):
        try mark(connection, ref, marks, room: room, session: connection.session)
      case .typing(let room):
        try typing(connection, room: room)
        if ref != nil { push(connection, Push.ok(ref: ref)) }
      case .setPresence(let state):
        if let person = connection.person { setPresence(connection, person.number, state) }
        if ref != nil { push(connection, Push.ok(ref: ref)) }
      case .authenticate, .ping:
        break
      }
    } catch {
      refuse(connection, ref, error)
    }
  }

  /// Puts a change, which answers the data of its `ok`, with those of the same turn: what came together is committed together, and so it is
  /// also told together.
  private func dictate(_ connection: Connection, _ ref: String?, _ change: @escaping Chat.Change<[UInt8]>) {
    takeInHand(connection)
    dictated.append(Dictation(token: connection.token, ref: ref, change: change))
  }

  /// Hands what the turn brought to the scribe, the thread that commits; its answers come back as a letter.
  func handOver() {
    let mailbox = mailbox
    while !dictated.isEmpty {
      let batch = Array(dictated.prefix(Chat.changesMax))
      dictated.removeFirst(batch.count)
      shared.chat.submit(batch.map(\.change)) { results in
        // The news of the same commit follows (`NewsDesk`): what a line is answered and what it hears can be one write.
        mailbox.leave(
          .replies(
            zip(batch, results).map { dictation, result in
              Reply(token: dictation.token, ref: dictation.ref, result: result.mapError { Chat.refusal(for: $0) })
            }))
      }
    }
    // What was refused on the spot is here already.
    mailbox.call()
  }

  /// Hands marks to those who write them in rounds; their answer comes back in the same way.
  private func mark(_ connection: Connection, _ ref: String?, _ marks: MarksWish, room: String, session: SessionNumber) throws(Refusal) {
    let (mailbox, token) = (mailbox, connection.token)
    try shared.chat.mark(marks, in: room, session: session) { result in
      mailbox.post(.replies([Reply(token: token, ref: ref, result: result.mapError { Chat.refusal(for: $0) })]))
    }
    takeInHand(connection)
  }

  private func takeInHand(_ connection: Connection) {
    connection.commandsInHand += 1
    if connection.commandsInHand >= Self.commandsInHandMax { pauseReading(connection, true) }
  }

  /// The scribe has answered.
  func replied(_ token: Token, ref: String?, _ result: Result<[UInt8], Refusal>) {
    guard let connection = connections[token] else { return }
    connection.commandsInHand = connection.commandsInHand - min(1, connection.commandsInHand)
    if connection.isReadingPaused, connection.commandsInHand <= Self.commandsInHandMax / 2 { pauseReading(connection, false) }
    switch result {
    case .success(let data):
      connection.refusalsInARow = 0
      push(connection, Push.ok(ref: ref, data: data))
    case .failure(let refusal):
      refuse(connection, ref, refusal)
      if refusal.code == .unauthenticated || refusal.code == .suspended {
        return close(connection, Self.closeCode(for: refusal), refusal.detail)
      }
      guard refusal.code == .rateLimited else { return }
      let count = min(connection.refusalsInARow, .max - 1) + 1
      connection.refusalsInARow = count
      if count >= Self.refusalsInARowMax { close(connection, .tooManyMessages, "retry_after_ms=\(refusal.retryAfterMilliseconds ?? 0)") }
    }
  }

  private func refuse(_ connection: Connection, _ ref: String?, _ refusal: Refusal) {
    push(connection, Push.error(ref: ref, refusal, requestID: Self.requestID()))
  }
}
