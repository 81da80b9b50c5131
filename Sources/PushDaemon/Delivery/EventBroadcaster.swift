// Publishes events to the loops: each once, in the order of the journal.
import Domain
import Notify
import Posix

/// Events come from two sides. What this process commits is known without reading, and if it directly follows what was published last, it is
/// published at once. Where another process's event lies between, the journal is read (`JournalPoller`).
final class EventBroadcaster: Sendable {
  /// The way to the loops.
  struct Loops: Sendable {
    /// Gives a batch to every loop without waking it.
    let enqueue: @Sendable (EventBatch) -> Void
    /// Wakes the loops for which something is enqueued.
    let wake: @Sendable () -> Void
  }

  private let loops: Loops
  private let doorbell: DoorbellSender
  private let metrics: DaemonMetrics
  /// Nil until `start`.
  private let position = Lock<Int64?>(nil)
  private let history = Lock(History())

  init(loops: Loops, doorbellPath: String, metrics: DaemonMetrics = DaemonMetrics(Metrics())) throws {
    self.loops = loops
    self.metrics = metrics
    doorbell = try DoorbellSender(path: doorbellPath)
  }

  /// Publishes only events after `position`, whose cursors bear the tags of `history`.
  func start(after position: Int64, _ history: History) {
    self.history.withLock { $0 = history }
    self.position.withLock { $0 = position }
  }

  /// Everything up to here has been published.
  var publishedThrough: Int64 { position.withLock { $0 } ?? 0 }

  /// For the writer, after each commit: what it has appended. Wakes the loops for their replies, too.
  func onCommit(_ entries: [JournalEntry]) {
    if !entries.isEmpty, !publishCommitted(entries) { doorbell.ring() }
    loops.wake()
  }

  /// Gives the events to the loops without waking them. False if they must be read from the journal, with what lies before them.
  private func publishCommitted(_ entries: [JournalEntry]) -> Bool {
    position.withLock { position in
      guard let published = position, let first = entries.first, let last = entries.last, first.position == published + 1 else {
        return false
      }
      loops.enqueue(EventBatch(entries, history.withLock { $0 }))
      metrics.events.add(entries.count)
      position = last.position
      return true
    }
  }

  /// For the journal poller: what it has read after `publishedThrough`. Some of it may have been published meanwhile.
  func publishFromJournal(_ entries: [JournalEntry]) {
    position.withLock { position in
      let new = Array(entries.drop { $0.position <= position ?? 0 })
      guard let last = new.last else { return }
      loops.enqueue(EventBatch(new, history.withLock { $0 }))
      metrics.events.add(new.count)
      position = last.position
    }
    loops.wake()
  }
}
