// From the journal to the loops, for what others wrote: rung, or once a tick.
import Chat
import Domain
import EventLoop
import Notify
import Posix

/// A thread that reads the journal after what the loops were told last, and hands what it finds to the desk. It trusts the journal, not the
/// bell.
final class JournalPoller: Sendable {
  /// The longest that news waits when the bell is broken.
  static let tickMilliseconds: Int32 = 250

  /// News after this position is delivered.
  let startPosition: Int64
  private let thread: BackgroundThread

  init(chat: Chat, doorbellPath: String, desk: EventBroadcaster) throws {
    startPosition = try chat.lastPosition()
    desk.open(at: startPosition)
    // Made here, so that a path that cannot be bound stops the start; used by the thread alone from then on.
    nonisolated(unsafe) let doorbell = try DoorbellReceiver(path: doorbellPath)
    thread = BackgroundThread(name: "journal-poller") { stop in
      while !stop.wait(milliseconds: 0) {
        doorbell.wait(milliseconds: Self.tickMilliseconds)
        Self.deliver(chat, desk)
      }
    }
  }

  func stop() {
    thread.stop()
  }

  private static func deliver(_ chat: Chat, _ desk: EventBroadcaster) {
    do {
      while true {
        let entries = try chat.events(after: desk.position)
        desk.tell(read: entries)
        if entries.count < Chat.journalBatchMax { return }
      }
    } catch {
      // The next tick tries again from the same position: late, not lost.
      Log.error("reading the journal: \(error)")
    }
  }
}
