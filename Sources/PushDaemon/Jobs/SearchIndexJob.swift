// Keeps the full-text index close behind the journal, and free of words that were deleted.
import Chat
import CLinux
import Configuration
import Glibc
import Posix

final class SearchIndexJob: Sendable {
  private let thread: BackgroundThread

  init(chat: Chat) {
    thread = BackgroundThread(name: "search-index") { stop in
      // Sending and delivering come first. On Linux the nice value is the thread's own.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
      var work = Work(chat)
      while !stop.wait(milliseconds: work.pause) { work.step() }
    }
  }

  func stop() {
    thread.stop()
  }

  /// The thread's state.
  private struct Work {
    /// Between two reads of the journal. Newer messages are found all the same: a search reads the rooms from where the index ends.
    private static let pauseMilliseconds: Int64 = 500
    /// After a full batch the job pauses this many times as long as it worked: even at the lowest priority it would take a fifth of the
    /// writers' speed. It indexes some 4,000 messages a second; at higher rates it falls behind, and catches up afterwards.
    private static let pausePerWork: Int64 = 5
    /// After an error that may pass, such as a full disk.
    private static let pauseAfterErrorMilliseconds: Int64 = 10_000

    private let chat: Chat
    private var indexing: SearchIndexing?
    /// When to erase next, on the boot clock. At the start: the program may have ended before it had erased.
    private var eraseAt = Clock.bootMilliseconds()
    /// How long to wait before the next step.
    private(set) var pause: Int64 = 0

    init(_ chat: Chat) { self.chat = chat }

    mutating func step() {
      let start = Clock.monotonicNanoseconds()
      do {
        let opened = try indexing ?? SearchIndexing(chat)
        indexing = opened
        let state = try opened.next()
        if state == .backfilling {
          pause = 0
        } else {
          pause =
            try state == .behind || erases(opened)
            ? Self.pausePerWork * (Clock.monotonicNanoseconds() - start) / 1_000_000 : Self.pauseMilliseconds
        }
      } catch {
        Log.error("cannot update the search index: \(error)")
        // A lost index is rebuilt soon.
        pause = indexing?.isLost == true ? Self.pauseMilliseconds : Self.pauseAfterErrorMilliseconds
      }
    }

    /// Erases a part of the deleted words, if that is due. Whether there is more at once.
    private mutating func erases(_ indexing: SearchIndexing) throws -> Bool {
      guard Clock.bootMilliseconds() >= eraseAt else { return false }
      switch try indexing.eraseNext() {
      case .more: return true
      case .waiting: return false
      case .done:
        eraseAt = Clock.bootMilliseconds() + chat.settings.erasePeriodMilliseconds
        return false
      }
    }
  }
}
