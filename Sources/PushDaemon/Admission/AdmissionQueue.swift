// People whom the threadPool have looked up, on their way in.
import Chat
import Domain
import EventLoop

/// First come, first in, so many at a time.
struct AdmissionQueue {
  typealias Answer = (token: Token, result: Result<ResumeSnapshot, ChatError>)

  private var waiting: [Answer] = []
  /// How many of them are in already.
  private var taken = 0

  var isEmpty: Bool { waiting.isEmpty }

  mutating func append(_ token: Token, _ result: Result<ResumeSnapshot, ChatError>) {
    waiting.append((token, result))
  }

  /// The next ones, at most `count`.
  mutating func take(_ count: Int) -> ArraySlice<Answer> {
    let next = waiting[taken...].prefix(count)
    taken = next.endIndex
    if taken == waiting.count {
      (waiting, taken) = ([], 0)
    } else if taken > 64, taken * 2 > waiting.count {
      waiting.removeFirst(taken)
      taken = 0
    }
    return next
  }
}
