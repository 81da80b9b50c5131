// Words in: what a client asks for, and who sees to it.
import Chat
import Domain
import EventLoop
import Wire
import WebSocket

/// A change that a line asked for, on its way to the scribe.
struct PendingCommand: Sendable {
  let token: Token
  let ref: String?
  let change: Chat.Change<[UInt8]>
}

extension PushLoop {
  /// Commands of one line that may be with the scribe; then it is not read until some are answered.
  static let commandsInFlightMax: UInt16 = 64
  /// Refusals for the message rate in a row, after which a line that goes on is closed.
  static let consecutiveRateLimitErrorsMax: UInt8 = 100

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
      push(connection, ServerFrame.pong(ref: frame.ref))
    case .success(let command):
      guard connection.person != nil else { return refuse(connection, frame.ref, ChatError(.unauthenticated, "Sign in first.")) }
      carryOut(connection, frame.ref, command)
    }
  }

  private func carryOut(_ connection: Connection, _ ref: String?, _ command: Command) {
    let chat = shared.chat
    do throws(ChatError) {
      switch command {
      case .sendMessage(let room, let message):
        // Who has said it and types on is typing anew.
        connection.lastTyping = 0
        let posting = try chat.posting(message, to: room, session: connection.session)
        dictate(connection, ref) { ServerFrame.messageReply(try posting($0).json) }
      case .editMessage(let room, let seq, let content):
        let editing = try chat.editing(seq, in: room, content: content, session: connection.session)
        dictate(connection, ref) { ServerFrame.messageReply(try editing($0)) }
      case .deleteMessage(let room, let seq):
        let deleting = try chat.deleting(seq, in: room, session: connection.session)
        dictate(connection, ref) { ServerFrame.messageReply(try deleting($0)) }
      case .addReaction(let room, let seq, let emoji):
        let reacting = try chat.reacting(with: emoji, to: seq, in: room, session: connection.session)
        dictate(connection, ref) { ServerFrame.messageReply(try reacting($0)) }
      case .removeReaction(let room, let seq, let emoji):
        let unreacting = try chat.unreacting(with: emoji, to: seq, in: room, session: connection.session)
        dictate(connection, ref) { ServerFrame.messageReply(try unreacting($0)) }
      case .mark(let room, let marks):
        try mark(connection, ref, marks, room: room, session: connection.session)
      case .typing(let room):
        try typing(connection, room: room)
        if ref != nil { push(connection, ServerFrame.ok(ref: ref)) }
      case .setPresence(let state):
        if let person = connection.person { setPresence(connection, person.rowID, state) }
        if ref != nil { push(connection, ServerFrame.ok(ref: ref)) }
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
    pendingCommands.append(PendingCommand(token: connection.token, ref: ref, change: change))
  }

  /// Hands what the turn brought to the scribe, the thread that commits; its answers come back as a message.
  func submitPendingCommands() {
    let mailbox = mailbox
    while !pendingCommands.isEmpty {
      let batch = Array(pendingCommands.prefix(Chat.changesMax))
      pendingCommands.removeFirst(batch.count)
      shared.chat.submit(batch.map(\.change)) { results in
        // The news of the same commit follows (`EventBroadcaster`): what a line is answered and what it hears can be one write.
        mailbox.enqueue(
          .replies(
            zip(batch, results).map { dictation, result in
              Reply(token: dictation.token, ref: dictation.ref, result: result.mapError { ChatError(mapping: $0) })
            }))
      }
    }
    // What was refused on the spot is here already.
    mailbox.wake()
  }

  /// Hands marks to those who write them in rounds; their answer comes back in the same way.
  private func mark(_ connection: Connection, _ ref: String?, _ marks: ReadMarkersUpdate, room: String, session: SessionRowID)
    throws(ChatError)
  {
    let (mailbox, token) = (mailbox, connection.token)
    try shared.chat.submitReadMarkers(marks, in: room, session: session) { result in
      mailbox.send(.replies([Reply(token: token, ref: ref, result: result.mapError { ChatError(mapping: $0) })]))
    }
    takeInHand(connection)
  }

  private func takeInHand(_ connection: Connection) {
    connection.commandsInFlight += 1
    if connection.commandsInFlight >= Self.commandsInFlightMax { pauseReading(connection, true) }
  }

  /// The scribe has answered.
  func replied(_ token: Token, ref: String?, _ result: Result<[UInt8], ChatError>) {
    guard let connection = connections[token] else { return }
    connection.commandsInFlight = connection.commandsInFlight - min(1, connection.commandsInFlight)
    if connection.isReadingPaused, connection.commandsInFlight <= Self.commandsInFlightMax / 2 { pauseReading(connection, false) }
    switch result {
    case .success(let data):
      connection.consecutiveRateLimitErrors = 0
      push(connection, ServerFrame.ok(ref: ref, data: data))
    case .failure(let refusal):
      refuse(connection, ref, refusal)
      if refusal.code == .unauthenticated || refusal.code == .suspended {
        return close(connection, Self.closeCode(for: refusal), refusal.detail)
      }
      guard refusal.code == .rateLimited else { return }
      let count = min(connection.consecutiveRateLimitErrors, .max - 1) + 1
      connection.consecutiveRateLimitErrors = count
      if count >= Self.consecutiveRateLimitErrorsMax {
        close(connection, .tooManyMessages, "retry_after_ms=\(refusal.retryAfterMilliseconds ?? 0)")
      }
    }
  }

  private func refuse(_ connection: Connection, _ ref: String?, _ refusal: ChatError) {
    push(connection, ServerFrame.error(ref: ref, refusal, requestID: Self.requestID()))
  }
}
