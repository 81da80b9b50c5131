// Keeps the full-text index close behind the journal.
import Chat
import CLinux
import Configuration
import Glibc
import Posix

final class SearchIndexJob: Sendable {
  /// Between two reads of the journal. Newer messages are found all the same: a search reads the rooms from where the index ends.
  private static let pauseMilliseconds: Int64 = 500
  /// After a full batch the job pauses this many times as long as it worked: even at the lowest priority it would take a fifth of the writers'
  /// speed. It indexes some 4,000 messages a second; at higher rates it falls behind, and catches up afterwards.
  private static let pausePerWork: Int64 = 5
  /// After an error that may pass, such as a full disk.
  private static let pauseAfterErrorMilliseconds: Int64 = 10_000

  private let thread: BackgroundThread

  init(chat: Chat) {
    thread = BackgroundThread(name: "search-index") { stop in
      // Sending and delivering come first. On Linux the nice value is the thread's own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
      var indexing: SearchIndexing?
      var pause: Int64 = 0
      while !stop.wait(milliseconds: pause) {
        do {
          let start = Clock.monotonicNanoseconds()
          let opened = try indexing ?? SearchIndexing(chat)
          indexing = opened
          switch try opened.next() {
          case .upToDate: pause = Self.pauseMilliseconds
          case .behind: pause = Self.pausePerWork * (Clock.monotonicNanoseconds() - start) / 1_000_000
          case .backfilling: pause = 0
          }
        } catch {
          Log.error("cannot update the search index: \(error)")
          // A lost index is rebuilt soon.
          pause = indexing?.isLost == true ? Self.pauseMilliseconds : Self.pauseAfterErrorMilliseconds
        }
      }
    }
  }

  func stop() {
    thread.stop()
  }
}
