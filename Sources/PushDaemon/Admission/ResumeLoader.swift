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
    run({ deliver(token, $0) }) { try chat.resume(claim, since: since, replayBufferStart: replayBufferStart) }
  }

  /// As `load`, for the session that an access token stands for.
  func load(_ token: Token, _ accessToken: VerifiedToken, since: Int64?, replayBufferStart: Int64) {
    let (loader, deliver) = (self, deliver)
    find(accessToken) { result in
      switch result {
      case .success(let claim): loader.load(token, claim, since: since, replayBufferStart: replayBufferStart)
      case .failure(let error): deliver(token, .failure(error))
      }
    }
  }

  /// Looks up the session of a connection of `user` that is signed in and has sent a fresh token. `completion` is called from any thread with
  /// whether the user only reads.
  func check(_ accessToken: VerifiedToken, of user: PublicID?, completion: @escaping @Sendable (Result<Bool, ChatError>) -> Void) {
    let loader = self
    find(accessToken) { result in
      switch result {
      case .success(let claim) where claim.user != user:
        completion(.failure(Self.otherUser))
      case .success(let claim): loader.run(completion) { loader.chat.isReadOnly(try loader.chat.principal(of: claim)) }
      case .failure(let error): completion(.failure(error))
      }
    }
  }

  /// The session that a token stands for. One that has to be made first is the writer's work: this thread does not wait for disks.
  private func find(_ accessToken: VerifiedToken, completion: @escaping @Sendable (Result<SessionClaim, ChatError>) -> Void) {
    // Ours names it.
    if let claim = accessToken.claim { return completion(.success(claim)) }
    let chat = chat
    run({ (result: Result<SessionClaim?, ChatError>) in
      switch result {
      case .success(let claim?): completion(.success(claim))
      case .failure(let error): completion(.failure(error))
      case .success(nil):
        chat.submit([chat.claiming(accessToken)]) { results in
          for result in results { completion(result.mapError { ChatError(mapping: $0) }) }
        }
      }
    }) { try chat.knownClaim(of: accessToken) }
  }

  /// Calls `completion` with what `body` returns on a thread of the pool, or with `busy`.
  private func run<Value>(
    _ completion: @escaping @Sendable (Result<Value, ChatError>) -> Void, _ body: @escaping @Sendable () throws -> Value
  ) {
    let isAccepted = threadPool.submit {
      do {
        completion(.success(try body()))
      } catch {
        completion(.failure(ChatError(mapping: error)))
      }
    }
    if !isAccepted { completion(.failure(Self.busy)) }
  }

  static let otherUser = ChatError(.forbidden, "This connection belongs to another user.")
  private static let busy = ChatError(.busy, "Too many connections are waiting.", retryAfterMilliseconds: 1000)
}
