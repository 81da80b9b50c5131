// The one thing of a loop that other threads may touch.
import CLinux
import Glibc
package import Posix

/// Letters from other threads, taken by the loop once a turn.
package final class Mailbox<Message: Sendable>: Sendable {
  @usableFromInline
  struct Box: Sendable {
    @usableFromInline var messages: [Message] = []
    /// Whether the loop has been woken, or is about to be, for what lies here.
    @usableFromInline var hasWoken = false

    @inlinable init() {}
  }

  @usableFromInline let box = Lock(Box())
  private let event: FileDescriptor

  package init() throws {
    event = FileDescriptor(owning: try check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) })
  }

  /// To be watched for reading.
  package var descriptor: Int32 { event.number }

  /// Never blocks. The sender bounds what it sends: see `GroupCommit.queueMax` for replies, and for news `groupMax` and `journalBatchMax`.
  @inlinable
  package func send(_ message: Message) {
    enqueue(message)
    wake()
  }

  /// Leaves a message without waking the loop, because more is to follow at once. Whoever does so then calls.
  @inlinable
  package func enqueue(_ message: Message) {
    box.withLock { $0.messages.append(message) }
  }

  /// Wakes the loop if there is a message for it.
  @inlinable
  package func wake() {
    let mustWake = box.withLock { box in
      guard !box.messages.isEmpty, !box.hasWoken else { return false }
      box.hasWoken = true
      return true
    }
    if mustWake { signal() }
  }

  /// All messages, oldest first.
  @inlinable
  package func drain() -> [Message] {
    clearWakeup()
    return box.withLock { box in
      let messages = box.messages
      box = Box()
      return messages
    }
  }

  // Inlinable is only what is generic, as in `Lock`.
  @usableFromInline func signal() {
    var one: UInt64 = 1
    _ = write(event.number, &one, 8)
  }

  @usableFromInline func clearWakeup() {
    var count: UInt64 = 0
    _ = read(event.number, &count, 8)
  }
}
