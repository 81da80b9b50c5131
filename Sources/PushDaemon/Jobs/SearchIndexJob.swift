// Keeps the index of words close behind the journal.
import Chat
import CLinux
import Glibc
import Posix

final class SearchIndexJob: Sendable {
  /// Between two looks at the journal. What was said meanwhile is found all the same: searching reads the rooms from where the index ends.
  private static let pauseMilliseconds: Int64 = 500
  /// So many times as long as it worked, the indexer rests when a batch was full: people write faster than it follows at leisure, and even at
  /// the lowest priority it takes a fifth of their speed. It follows some 4,000 messages a second; behind more it stays back, and catches up
  /// afterwards.
  private static let restingShare: Int64 = 5
  /// After a failure that may pass, such as a full disk.
  private static let pauseAfterErrorMilliseconds: Int64 = 10_000

  private let thread: BackgroundThread

  init(chat: Chat) {
    thread = BackgroundThread(name: "search-index") { stop in
      // Whoever sends or delivers comes first: on Linux the nice value is the thread's own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
      var indexing: SearchIndexing?
      var pause: Int64 = 0
      while !stop.wait(milliseconds: pause) {
        do {
          let start = Clock.monotonicNanoseconds()
          let opened = try indexing ?? SearchIndexing(path: chat.settings.searchIndexPath)
          indexing = opened
          switch try chat.index(opened) {
          case .upToDate: pause = Self.pauseMilliseconds
          case .behind: pause = Self.restingShare * (Clock.monotonicNanoseconds() - start) / 1_000_000
          case .backfilling: pause = 0
          }
        } catch {
          Log.error("search index: \(error)")
          // One that is lost is made anew.
          pause = indexing?.isLost == true ? Self.pauseMilliseconds : Self.pauseAfterErrorMilliseconds
        }
      }
    }
  }

  func stop() {
    thread.stop()
  }
}
