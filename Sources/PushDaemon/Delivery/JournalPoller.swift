// Reads what other processes append to the journal: when the doorbell rings, or once per tick.
import Chat
import Domain
import Notify
import Posix

/// A thread that reads the journal after what was published last and gives it to the broadcaster. It trusts the journal, not the doorbell.
final class JournalPoller: Sendable {
  /// The longest that an event waits when the doorbell is lost.
  static let tickMilliseconds: Int32 = 250

  /// Events after this position are published.
  let startPosition: Int64
  private let thread: BackgroundThread

  init(chat: Chat, doorbellPath: String, broadcaster: EventBroadcaster) throws {
    startPosition = try chat.lastPosition()
    broadcaster.start(after: startPosition)
    // Made here, so that a path that cannot be bound stops the start; used by the thread alone from then on.
    nonisolated(unsafe) let doorbell = try DoorbellReceiver(path: doorbellPath)
    thread = BackgroundThread(name: "journal-poller") { stop in
      while !stop.wait(milliseconds: 0) {
        doorbell.wait(milliseconds: Self.tickMilliseconds)
        Self.poll(chat, broadcaster)
      }
    }
  }

  func stop() {
    thread.stop()
  }

  private static func poll(_ chat: Chat, _ broadcaster: EventBroadcaster) {
    do {
      while true {
        let batch = try chat.events(after: broadcaster.publishedThrough)
        if !batch.entries.isEmpty { Log.debug("journal: \(batch.entries.count) events read") }
        broadcaster.publishFromJournal(batch.entries)
        if !batch.isFull { return }
      }
    } catch {
      // The next tick tries again from the same position: late, not lost.
      Log.error("cannot read the journal: \(error)")
    }
  }
}
