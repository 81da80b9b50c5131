// Reads commands, carries them out or hands them to the writer, and replies.
import Chat
import Domain
import EventLoop
import Posix
import WebSocket
import Wire

final class CommandDispatcher {
  /// Commands of one connection that may wait for the writer; then it is not read until half of them are answered.
  static let commandsInFlightMax: UInt16 = 64

  private let chat: Chat
  private let io: ConnectionIO
  private let authenticator: Authenticator
  private let presence: LoopPresence
  private let typing: TypingBroadcaster
  private let sink: ReplySink
  private var pending = PendingCommands()
  /// Commands read in this iteration.
  private var read = 0

  init(
    chat: Chat, io: ConnectionIO, authenticator: Authenticator, presence: LoopPresence, typing: TypingBroadcaster, sink: ReplySink
  ) {
    self.chat = chat
    self.io = io
    self.authenticator = authenticator
    self.presence = presence
    self.typing = typing
    self.sink = sink
  }

  /// Handles one text message. Whatever it is, it gets one reply; a bad one does not close the connection.
  func dispatch(_ text: UnsafeRawBufferPointer, on connection: Connection) {
    guard !connection.isClosing, !connection.isClosed else { return }
    read += 1
    if let error = charge(connection) { return refuse(text, on: connection, error) }
    let frame = CommandFrame(json: Array(text), defaultRoom: connection.onlyRoom?.id.text)
    switch frame.command {
    case .failure(let error):
      io.sendError(connection, frame.ref, error)
    case .success(.authenticate(let accessToken, let since)):
      if connection.phase == .awaitingAuth {
        authenticator.authenticate(connection, ref: frame.ref, accessToken: accessToken, since: since)
      } else {
        reauthenticate(connection, frame.ref, accessToken)
      }
    case .success(.ping):
      if connection.user != nil { connection.consecutiveRateLimitErrors = 0 }
      io.sendText(connection, ServerFrame.pong(ref: frame.ref))
    case .success(let command):
      guard connection.user != nil else { return io.sendError(connection, frame.ref, ChatError(.unauthenticated, "Sign in first.")) }
      dispatch(command, frame.ref, on: connection)
    }
  }

  // MARK: The budget

  /// Counts whatever a client sends; returns the error if it was too much. Costs no database, and less than the cheapest command.
  private func charge(_ connection: Connection) -> ChatError? {
    guard let user = connection.user else {
      // Frames of nobody: what signs the connection in comes first or soon.
      connection.framesBeforeSignIn = min(connection.framesBeforeSignIn, .max - 1) + 1
      guard connection.framesBeforeSignIn > ConnectionLimits.framesBeforeSignInMax else { return nil }
      return ChatError(.rateLimited, "Sign in first.", retryAfterMilliseconds: io.limits.signInMilliseconds)
    }
    return chat.commands.tryAcquire(user.rowID, now: io.loop.now())
  }

  /// The reply to a command that came too fast. It is read no further than to its `ref`.
  private func refuse(_ text: UnsafeRawBufferPointer, on connection: Connection, _ error: ChatError) {
    guard connection.user != nil else { return closeBeforeSignIn(connection, error) }
    io.sendError(connection, CommandFrame.ref(inJSON: Array(text)), error)
    countRateLimitError(connection, error)
  }

  /// A ping or pong of the WebSocket protocol counts as a command does; false if it is not to be answered.
  func admitsControlFrame(on connection: Connection) -> Bool {
    guard let error = charge(connection) else { return true }
    if connection.user == nil { closeBeforeSignIn(connection, error) } else { countRateLimitError(connection, error) }
    return false
  }

  private func closeBeforeSignIn(_ connection: Connection, _ error: ChatError) {
    io.close(connection, .tooManyMessages, error.closeReason("frames_before_sign_in"))
  }

  private func dispatch(_ command: Command, _ ref: String?, on connection: Connection) {
    let session = connection.session
    do throws(ChatError) {
      switch command {
      case .sendMessage(let room, let message):
        // Typing after a message is announced at once.
        connection.lastTyping = 0
        let posting = try chat.posting(message, to: room, session: session)
        enqueue(connection, ref) { ServerFrame.messageReply(try posting($0).json) }
      case .editMessage(let room, let seq, let content):
        let editing = try chat.editing(seq, in: room, content: content, session: session)
        enqueue(connection, ref) { ServerFrame.messageReply(try editing($0)) }
      case .deleteMessage(let room, let seq):
        let deleting = try chat.deleting(seq, in: room, session: session)
        enqueue(connection, ref) { ServerFrame.messageReply(try deleting($0)) }
      case .addReaction(let room, let seq, let emoji):
        let reacting = try chat.reacting(with: emoji, to: seq, in: room, session: session)
        enqueue(connection, ref) { ServerFrame.messageReply(try reacting($0)) }
      case .removeReaction(let room, let seq, let emoji):
        let unreacting = try chat.unreacting(with: emoji, to: seq, in: room, session: session)
        enqueue(connection, ref) { ServerFrame.messageReply(try unreacting($0)) }
      case .mark(let room, let markers):
        try mark(connection, ref, markers, room: room)
      case .typing(let room):
        try typing.typing(connection, room: room)
        replyIfAsked(connection, ref)
      case .setPresence(let state):
        presence.set(connection, state)
        replyIfAsked(connection, ref)
      case .authenticate, .ping:
        break
      }
    } catch {
      sendRefusal(connection, ref, error)
    }
  }

  /// A rule says no to a command that could be read. Rules name a field as a request has it; a command has it in `data`.
  private func sendRefusal(_ connection: Connection, _ ref: String?, _ error: ChatError) {
    io.sendError(connection, ref, error.inside("data"))
  }

  private func enqueue(_ connection: Connection, _ ref: String?, _ change: @escaping Chat.Change<[UInt8]>) {
    commandStarted(connection)
    pending.enqueue(PendingCommand(token: connection.token, ref: ref, change: change))
  }

  /// Hands the iteration's commands to the writer.
  func submitPendingCommands() {
    pending.submitPendingCommands(to: chat, sink)
    guard read > 0 else { return }
    io.metrics.commands.add(read)
    read = 0
  }

  /// Read markers are batched by a thread of their own; the reply comes back in the same way.
  private func mark(_ connection: Connection, _ ref: String?, _ markers: ReadMarkersUpdate, room: String) throws(ChatError) {
    let (sink, token) = (sink, connection.token)
    try chat.submitReadMarkers(markers, in: room, session: connection.session) { result in
      sink.enqueue([Reply(token: token, ref: ref, result: result.mapError { ChatError(mapping: $0) })])
      sink.wake()
    }
    commandStarted(connection)
  }

  /// A fresh token for a connection that is signed in. Its session is looked up on another thread; the reply comes back in the same way.
  private func reauthenticate(_ connection: Connection, _ ref: String?, _ accessToken: String) {
    let (sink, token) = (sink, connection.token)
    do throws(ChatError) {
      try authenticator.reauthenticate(connection, accessToken: accessToken) { result in
        switch result {
        case .success(let renewal):
          sink.enqueue([Reply(token: token, ref: ref, result: .success(Array("{}".utf8)), renewal: renewal)])
        case .failure(let error):
          // Not the connection's own session: an error is all that follows.
          sink.enqueue([Reply(token: token, ref: ref, result: .failure(error), isAboutOtherSession: true)])
        }
        sink.wake()
      }
      commandStarted(connection)
    } catch {
      io.sendError(connection, ref, error)
    }
  }

  private func commandStarted(_ connection: Connection) {
    connection.commandsInFlight += 1
    if connection.commandsInFlight >= Self.commandsInFlightMax { io.pauseReading(connection, true) }
  }

  // MARK: Replies

  /// A command has been carried out or refused.
  func handle(_ reply: Reply) {
    guard let connection = io[reply.token] else { return }
    connection.commandsInFlight = connection.commandsInFlight - min(1, connection.commandsInFlight)
    if connection.isReadingPaused, connection.commandsInFlight <= Self.commandsInFlightMax / 2 { io.pauseReading(connection, false) }
    switch reply.result {
    case .success(let data):
      connection.consecutiveRateLimitErrors = 0
      if let renewal = reply.renewal { authenticator.renew(connection, renewal) }
      io.sendText(connection, ServerFrame.ok(ref: reply.ref, data: data))
    case .failure(let error):
      sendRefusal(connection, reply.ref, error)
      if error.code == .suspended || (error.code == .unauthenticated && !reply.isAboutOtherSession) {
        io.close(connection, CloseCode(for: error), error.detail)
      } else if error.code == .rateLimited {
        countRateLimitError(connection, error)
      }
    }
  }

  private func countRateLimitError(_ connection: Connection, _ error: ChatError) {
    let count = min(connection.consecutiveRateLimitErrors, .max - 1) + 1
    connection.consecutiveRateLimitErrors = count
    guard count >= ConnectionLimits.consecutiveRateLimitErrorsMax else { return }
    io.close(connection, .tooManyMessages, error.closeReason("refusals_in_a_row"))
  }

  private func replyIfAsked(_ connection: Connection, _ ref: String?) {
    connection.consecutiveRateLimitErrors = 0
    if ref != nil { io.sendText(connection, ServerFrame.ok(ref: ref)) }
  }
}
