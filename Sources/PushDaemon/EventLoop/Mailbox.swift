// The queue through which other threads send messages to an event loop.
import CLinux
import Glibc
public import Posix

/// Messages from other threads, drained by the loop once per iteration.
public final class Mailbox<Message: Sendable>: Sendable {
  @usableFromInline
  struct Box: Sendable {
    @usableFromInline var messages: [Message] = []
    /// Whether the loop has been woken, or is about to be, for these messages.
    @usableFromInline var hasWoken = false

    @inlinable init() {}
  }

  @usableFromInline let box = Lock(Box())
  private let event: FileDescriptor

  public init() throws {
    event = FileDescriptor(owning: try check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) })
  }

  /// Watch it for reading.
  public var descriptor: Int32 { event.number }

  /// Never blocks. The sender bounds what it sends: see `GroupCommit.queueMax` for replies, `groupMax` and `journalBatchMax` for events.
  @inlinable
  public func send(_ message: Message) {
    enqueue(message)
    wake()
  }

  /// Adds a message without waking the loop, because more follow at once. The caller calls `wake` after the last one.
  @inlinable
  public func enqueue(_ message: Message) {
    box.withLock { $0.messages.append(message) }
  }

  /// Wakes the loop if a message waits.
  @inlinable
  public func wake() {
    let mustWake = box.withLock { box in
      guard !box.messages.isEmpty, !box.hasWoken else { return false }
      box.hasWoken = true
      return true
    }
    if mustWake { signal() }
  }

  /// All messages, oldest first.
  @inlinable
  public func drain() -> [Message] {
    clearWakeup()
    return box.withLock { box in
      let messages = box.messages
      box = Box()
      return messages
    }
  }

  // Only generic code is inlinable, as in `Lock`.
  @usableFromInline func signal() {
    var one: UInt64 = 1
    _ = write(event.number, &one, 8)
  }

  @usableFromInline func clearWakeup() {
    var count: UInt64 = 0
    _ = read(event.number, &count, 8)
  }
}
