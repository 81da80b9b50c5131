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
  func load(_ token: Token, _ claim: SessionClaim, since: Int64?, replayBufferStart: Int64) {
    let (chat, deliver) = (chat, deliver)
    let isAccepted = threadPool.submit {
      do {
        deliver(token, .success(try chat.resume(claim, since: since, replayBufferStart: replayBufferStart)))
      } catch {
        deliver(token, .failure(ChatError(mapping: error)))
      }
    }
    if !isAccepted { deliver(token, .failure(Self.busy)) }
  }

  /// Looks up the session of a connection that is signed in and has sent a fresh token. `completion` is called from any thread with whether
  /// its user only reads.
  func check(_ claim: SessionClaim, completion: @escaping @Sendable (Result<Bool, ChatError>) -> Void) {
    let chat = chat
    let isAccepted = threadPool.submit {
      do {
        completion(.success(chat.isReadOnly(try chat.principal(of: claim))))
      } catch {
        completion(.failure(ChatError(mapping: error)))
      }
    }
    if !isAccepted { completion(.failure(Self.busy)) }
  }

  private static let busy = ChatError(.busy, "Too many connections are waiting.", retryAfterMilliseconds: 1000)
}
