// Commands of one iteration on their way to the writer, and its replies.
import Chat
import Domain
import EventLoop

/// A change that a client asked for. It returns the data of the `ok` reply.
struct PendingCommand: Sendable {
  let token: Token
  let ref: String?
  let change: Chat.Change<[UInt8]>
}

/// The result of a command: the data of its `ok`, or the error.
struct Reply: Sendable {
  let token: Token
  let ref: String?
  let result: Result<[UInt8], ChatError>
  /// Of an `authenticate` command that was granted.
  var renewal: Renewal?
  /// The error is about the session of another token, not about the connection's own.
  var isAboutOtherSession = false
}

/// What a fresh access token gives a connection.
struct Renewal: Sendable {
  /// How long the connection may live, in seconds of the wall clock.
  let untilSeconds: Int64
  /// See `Connection.isReadOnly`.
  let isReadOnly: Bool
}

/// The way of replies from other threads to the loop.
struct ReplySink: Sendable {
  /// Gives replies to the loop without waking it.
  let enqueue: @Sendable ([Reply]) -> Void
  let wake: @Sendable () -> Void
}

/// Commands that come together are committed together, and so their events are also published together.
struct PendingCommands {
  private var commands: [PendingCommand] = []

  mutating func enqueue(_ command: PendingCommand) {
    commands.append(command)
  }

  /// Submits them to the writer, the thread that commits; its replies come back through `sink`.
  mutating func submitPendingCommands(to chat: Chat, _ sink: ReplySink) {
    while !commands.isEmpty {
      let batch = Array(commands.prefix(Chat.changesMax))
      commands.removeFirst(batch.count)
      chat.submit(batch.map(\.change)) { results in
        // The events of the same commit follow (`EventBroadcaster`), which wakes the loop: a connection's replies and events can be one write.
        sink.enqueue(
          zip(batch, results).map { command, result in
            Reply(token: command.token, ref: command.ref, result: result.mapError { ChatError(mapping: $0) })
          })
      }
    }
    // What was refused on the spot is here already.
    sink.wake()
  }
}
