// What other threads tell a loop.
import Chat
import Domain
import EventLoop

/// What became of a command: the data of its `ok`, or why not.
struct Reply: Sendable {
  let token: Token
  let ref: String?
  let result: Result<[UInt8], Refusal>
}

enum Letter: Sendable {
  /// The desk: there is news.
  case news(NewsBatch)
  /// The errands: what a connection needs to come in, or why it may not.
  case arrived(Token, Result<Arrival, Refusal>)
  /// The scribe: commands were carried out (with the data of their `ok`) or refused.
  case replies([Reply])
  /// Another loop: somebody there is typing.
  case typing(room: RoomNumber, by: UserNumber, frame: [UInt8])
  /// The crier: who is here.
  case presence(PresenceNews)
  /// The daemon: take in nobody and nothing more.
  case drain
  /// The daemon: everything is answered, close the lines.
  case close
}
