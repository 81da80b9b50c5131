// What other threads tell a loop.
import Chat
import Domain
import EventLoop

/// What became of a command: the data of its `ok`, or why not.
struct Reply: Sendable {
  let token: Token
  let ref: String?
  let result: Result<[UInt8], ChatError>
}

enum LoopMessage: Sendable {
  /// The desk: there is news.
  case news(EventBatch)
  /// The threadPool: what a connection needs to come in, or why it may not.
  case arrived(Token, Result<ResumeSnapshot, ChatError>)
  /// The scribe: commands were carried out (with the data of their `ok`) or refused.
  case replies([Reply])
  /// Another loop: somebody there is typing.
  case typing(room: RoomRowID, by: UserRowID, frame: [UInt8])
  /// The presencePublisher: who is here.
  case presence(PresenceUpdate)
  /// The daemon: take in nobody and nothing more.
  case drain
  /// The daemon: everything is answered, close the lines.
  case close
}
