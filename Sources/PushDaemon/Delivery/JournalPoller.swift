// Reads what other processes append to the journal: when the doorbell rings, or once per tick.
import Chat
import Domain
import Notify
import Posix

/// A thread that reads the journal after what was published last and gives it to the broadcaster. It trusts the journal, not the doorbell.
final class JournalPoller: Sendable {
  /// The longest that an event waits when the doorbell is lost.
  static let tickMilliseconds: Int32 = 250
  /// The same while another process has the doorbell's place.
  static let lostTickMilliseconds: Int32 = 100

  /// Events after this position are published.
  let startPosition: Int64
  private let thread: BackgroundThread

  init(chat: Chat, doorbellPath: String, broadcaster: EventBroadcaster) throws {
    let reader = try JournalReader(chat)
    startPosition = try chat.lastPosition()
    broadcaster.start(after: startPosition, chat.history)
    // Made here, so that a path that cannot be bound stops the start; used by the thread alone from then on.
    nonisolated(unsafe) let doorbell = try DoorbellReceiver(path: doorbellPath)
    thread = BackgroundThread(name: "journal-poller") { stop in
      var repeated = RepeatedError()
      while !stop.wait(milliseconds: 0) {
        doorbell.wait(milliseconds: doorbell.isLost ? Self.lostTickMilliseconds : Self.tickMilliseconds)
        let error = Self.poll(reader, broadcaster)
        // A disk that fails does so at every tick.
        if repeated.isNew(error), let error { Log.error("cannot read the journal: \(error)") }
      }
    }
  }

  func stop() {
    thread.stop()
  }

  /// Returns the error that stopped it: the next tick tries again from the same position, so that events are late, not lost.
  private static func poll(_ reader: JournalReader, _ broadcaster: EventBroadcaster) -> (any Error)? {
    do {
      while true {
        let batch = try reader.events(after: broadcaster.publishedThrough)
        if !batch.entries.isEmpty { Log.debug("journal read", ["events": batch.entries.count]) }
        broadcaster.publishFromJournal(batch.entries)
        if !batch.isFull { return nil }
      }
    } catch {
      return error
    }
  }
}
