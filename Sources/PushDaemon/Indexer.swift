// Keeps the index of words close behind the journal.
import Chat
import CLinux
import Glibc
import Posix
import Store

final class Indexer: Sendable {
  /// Between two looks at the journal. What was said meanwhile is found all the same: searching reads the journal from where the index ends.
  private static let pauseMilliseconds: Int64 = 500
  /// After a failure, such as a full disk.
  private static let pauseAfterErrorMilliseconds: Int64 = 10_000

  private let isStopping = Condition(false)
  private let thread: Thread

  init(chat: Chat) throws {
    let isStopping = isStopping
    let indexer = Box(try SearchIndexer(path: chat.settings.searchIndexPath))
    thread = Thread(name: "indexer") {
      // Whoever sends or delivers comes first: on Linux the nice value is the thread's own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
      var pause: Int64 = 0
      while isStopping.wait(milliseconds: pause, { $0 ? true : nil }) == nil {
        do {
          pause = try chat.index(indexer.value) ? 0 : Self.pauseMilliseconds
        } catch {
          Log.error("index of words: \(error)")
          pause = Self.pauseAfterErrorMilliseconds
        }
      }
    }
  }

  func stop() {
    isStopping.update { $0 = true }
    thread.join()
  }

  /// Handed to the thread and to nobody else.
  private struct Box: @unchecked Sendable {
    let value: SearchIndexer

    init(_ value: SearchIndexer) { self.value = value }
  }
}
