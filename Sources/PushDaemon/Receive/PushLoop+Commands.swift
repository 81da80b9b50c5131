// Words in: what a client asks for, and who sees to it.
import Chat
import Domain
import EventLoop
import Wire
import WebSocket

extension PushLoop {
  /// Commands of one line that may be with the scribe; then it is not read until some are answered.
  static let commandsInHandMax: UInt16 = 64
  /// Refusals for the message rate in a row, after which a line that goes on is closed.
  static let refusalsInARowMax: UInt16 = 100

  /// One text message. Whatever it is, it gets one answer; it never costs the line.
  func command(_ token: Token, _ text: UnsafeRawBufferPointer) {
    guard let connection = connections[token] else { return }
    if case .closing = connection.stage { return }
    let frame = CommandFrame(json: text)
    switch frame.command {
    case .failure(let refusal):
      refuse(token, frame.ref, refusal)
    case .success(.authenticate(let accessToken, let since)):
      authenticate(token, ref: frame.ref, accessToken: accessToken, since: since)
    case .success(.ping):
      push(token, Push.pong(ref: frame.ref))
    case .success(let command):
      guard connection.person != nil else { return refuse(token, frame.ref, Refusal(.unauthenticated, "Sign in first.")) }
      carryOut(token, frame.ref, command, connection)
    }
  }

  private func carryOut(_ token: Token, _ ref: String?, _ command: Command, _ connection: Connection) {
    let chat = shared.chat
    do throws(Refusal) {
      switch command {
      case .sendMessage(let message):
        // Who has said it and types on is typing anew.
        connections[token]?.lastTyping = 0
        let posting = try chat.posting(message, to: message.room_id ?? "", session: connection.session)
        dictate(token, ref, posting) { $0.json }
      case .editMessage(let room, let seq, let content):
        dictate(token, ref, try chat.editing(seq, in: room, content: content, session: connection.session)) { $0 }
      case .deleteMessage(let room, let seq):
        dictate(token, ref, try chat.deleting(seq, in: room, session: connection.session)) { $0 }
      case .typing(let room):
        try typing(token, connection, room: room)
        if ref != nil { push(token, Push.ok(ref: ref)) }
      case .authenticate, .ping:
        break
      }
    } catch {
      refuse(token, ref, error)
    }
  }

  /// Hands a change to the scribe, the thread that commits what waits as one group; its answer comes back as a letter.
  private func dictate<Result: Sendable>(
    _ token: Token, _ ref: String?, _ change: @escaping Chat.Change<Result>, message: @escaping @Sendable (Result) -> [UInt8]
  ) {
    connections[token]?.commandsInHand += 1
    if let count = connections[token]?.commandsInHand, count >= Self.commandsInHandMax { pauseReading(token, true) }
    let mailbox = mailbox
    shared.chat.submit(change) { result in
      mailbox.post(.reply(token, ref: ref, result.map { Push.messageReply(message($0)) }.mapError { Chat.refusal(for: $0) }))
    }
  }

  /// The scribe has answered.
  func replied(_ token: Token, ref: String?, _ result: Result<[UInt8], Refusal>) {
    guard let connection = connections[token] else { return }
    connections[token]?.commandsInHand = connection.commandsInHand - min(1, connection.commandsInHand)
    if connection.isReadingPaused, connection.commandsInHand <= Self.commandsInHandMax / 2 { pauseReading(token, false) }
    switch result {
    case .success(let data):
      connections[token]?.refusalsInARow = 0
      push(token, Push.ok(ref: ref, data: data))
    case .failure(let refusal):
      refuse(token, ref, refusal)
      if refusal.code == .unauthenticated { return close(token, .unauthenticated, "signed out") }
      guard refusal.code == .rateLimited else { return }
      let count = connection.refusalsInARow + 1
      connections[token]?.refusalsInARow = count
      if count >= Self.refusalsInARowMax { close(token, .tooManyMessages, "retry_after_ms=\(refusal.retryAfterMilliseconds ?? 0)") }
    }
  }

  private func refuse(_ token: Token, _ ref: String?, _ refusal: Refusal) {
    push(token, Push.error(ref: ref, refusal, requestID: Self.requestID()))
  }
}
