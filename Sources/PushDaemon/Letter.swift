// What other threads tell a loop.
import Chat
import Domain
import EventLoop

enum Letter: Sendable {
  /// The courier: there is news.
  case news(NewsBatch)
  /// The errands: what a connection needs to come in, or why it may not.
  case arrived(Token, Result<Arrival, Refusal>)
  /// The scribe: a command was carried out (the data of its `ok`) or refused.
  case reply(Token, ref: String?, Result<[UInt8], Refusal>)
  /// Another loop: somebody there is typing.
  case typing(room: RoomNumber, by: UserNumber, frame: [UInt8])
  /// The daemon: take in nobody and nothing more.
  case drain
  /// The daemon: everything is answered, close the lines.
  case close
}
