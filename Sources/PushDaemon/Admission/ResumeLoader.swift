// Reads on the thread pool what a connection needs to resume.
import Chat
import Domain
import EventLoop
import Posix

struct ResumeLoader: Sendable {
  let chat: Chat
  let threadPool: BlockingThreadPool
  /// Called from any thread with the result.
  let deliver: @Sendable (Token, Result<ResumeSnapshot, ChatError>) -> Void

  /// `replayBufferStart`: events after this position need not be read.
  func load(_ token: Token, session: PublicID, since: Int64?, replayBufferStart: Int64) {
    let (chat, deliver) = (chat, deliver)
    let isAccepted = threadPool.submit {
      do {
        deliver(token, .success(try chat.resume(session: session, since: since, replayBufferStart: replayBufferStart)))
      } catch {
        deliver(token, .failure(ChatError(mapping: error)))
      }
    }
    if !isAccepted { deliver(token, .failure(ChatError(.busy, "Too many connections are waiting.", retryAfterMilliseconds: 1000))) }
  }
}
