// Where news goes out to the loops: each event once, in the order of the journal.
import Domain
import EventLoop
import Notify
import Posix

/// News comes from two sides. What this program's own writer has committed is known without asking, and if it follows directly on what was
/// told last, it is told at once. Where another program's event lies between, the journal is read (`JournalPoller`).
final class EventBroadcaster: Sendable {
  private let mailboxes: [Mailbox<LoopMessage>]
  private let bell: DoorbellSender
  /// News up to here has been told; nil until the desk is open.
  private let told = Lock<Int64?>(nil)

  init(mailboxes: [Mailbox<LoopMessage>], doorbellPath: String) throws {
    self.mailboxes = mailboxes
    bell = try DoorbellSender(path: doorbellPath)
  }

  /// Everything up to `position` was told by others, or is nobody's news any more.
  func open(at position: Int64) {
    told.withLock { $0 = position }
  }

  var position: Int64 { told.withLock { $0 } ?? 0 }

  /// For the writer, after a commit: what it has appended, and that it has left messages.
  func onCommit(_ entries: [JournalEntry]) {
    if !entries.isEmpty, !tell(own: entries) { bell.ring() }
    for mailbox in mailboxes { mailbox.wake() }
  }

  /// Leaves the news with the loops, without waking them. False if it must be read from the journal, with what lies before it.
  private func tell(own entries: [JournalEntry]) -> Bool {
    told.withLock { told in
      guard let position = told, let first = entries.first, let last = entries.last, first.position == position + 1 else { return false }
      leave(entries)
      told = last.position
      return true
    }
  }

  /// For the journalPoller: what it has read after `position`. Some of it may have been told meanwhile.
  func tell(read entries: [JournalEntry]) {
    told.withLock { told in
      let fresh = Array(entries.drop { $0.position <= told ?? 0 })
      guard let last = fresh.last else { return }
      leave(fresh)
      told = last.position
    }
    for mailbox in mailboxes { mailbox.wake() }
  }

  private func leave(_ entries: [JournalEntry]) {
    let batch = EventBatch(entries)
    for mailbox in mailboxes { mailbox.enqueue(.news(batch)) }
  }
}
