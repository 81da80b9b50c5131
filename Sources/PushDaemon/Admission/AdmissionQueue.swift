// Results of session lookups that wait for their iteration.
import Chat
import Domain
import EventLoop

/// First in, first out, a bounded number at a time.
struct AdmissionQueue {
  typealias Entry = (token: Token, result: Result<ResumeSnapshot, ChatError>)

  private var entries: [Entry] = []
  /// How many of them have been taken.
  private var taken = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func append(_ token: Token, _ result: Result<ResumeSnapshot, ChatError>) {
    entries.append((token, result))
  }

  /// The next ones, at most `count`.
  mutating func take(_ count: Int) -> ArraySlice<Entry> {
    let next = entries[taken...].prefix(count)
    taken = next.endIndex
    if taken == entries.count {
      (entries, taken) = ([], 0)
    } else if taken > 64, taken * 2 > entries.count {
      entries.removeFirst(taken)
      taken = 0
    }
    return next
  }
}
