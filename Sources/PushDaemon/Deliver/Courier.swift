// From the journal to the loops: rung, or once a tick.
import Chat
import EventLoop
import Notify
import Posix
import Store

/// A thread that reads the journal after its last position and hands what it finds to every loop. It trusts the journal, not the bell.
final class Courier: Sendable {
  /// The longest that news waits when the bell is broken.
  static let tickMilliseconds: Int32 = 250

  /// News after this position is delivered.
  let startPosition: Int64
  private let isStopping = Condition(false)
  private let thread: Thread

  init(chat: Chat, doorbellPath: String, mailboxes: [Mailbox<Letter>]) throws {
    let start = try chat.lastPosition()
    startPosition = start
    // Made here, so that a path that cannot be bound stops the start; used by the thread alone from then on.
    nonisolated(unsafe) let doorbell = try Doorbell(path: doorbellPath)
    let isStopping = isStopping
    thread = Thread(name: "courier") {
      var position = start
      while isStopping.wait(milliseconds: 0, { $0 ? true : nil }) == nil {
        doorbell.wait(milliseconds: Self.tickMilliseconds)
        Self.deliver(after: &position, chat, mailboxes)
      }
    }
  }

  func stop() {
    isStopping.update { $0 = true }
    thread.join()
  }

  private static func deliver(after position: inout Int64, _ chat: Chat, _ mailboxes: [Mailbox<Letter>]) {
    do {
      while true {
        let entries = try chat.news(after: position)
        guard let last = entries.last else { return }
        let batch = NewsBatch(entries)
        for mailbox in mailboxes { mailbox.post(.news(batch)) }
        position = last.position
        if entries.count < Chat.journalBatchMax { return }
      }
    } catch {
      // The next tick tries again from the same position: late, not lost.
      Log.error("reading the journal: \(error)")
    }
  }
}
