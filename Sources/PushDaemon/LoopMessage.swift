// What other threads send to a loop.
import Chat
import Domain
import EventLoop

enum LoopMessage: Sendable {
  /// From the broadcaster: events to publish.
  case events(EventBatch)
  /// From the thread pool: the result of a session lookup.
  case sessionLoaded(Token, Result<ResumeSnapshot, ChatError>)
  /// From the writer: commands were carried out or refused.
  case replies([Reply])
  /// From another loop.
  case typing(TypingNotification)
  /// From the presence publisher.
  case presence(PresenceUpdate)
  /// From the daemon: there is another socket under the number of a listener.
  case listenAgain
  /// From the daemon: accept and read nothing more.
  case drain
  /// From the daemon: everything is answered, close the connections.
  case close
}
