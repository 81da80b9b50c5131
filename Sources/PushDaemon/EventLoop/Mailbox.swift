// The one thing of a loop that other threads may touch.
import CLinux
import Glibc
package import Posix

/// Letters from other threads, taken by the loop once a turn.
package final class Mailbox<Letter: Sendable>: Sendable {
  @usableFromInline
  struct Box: Sendable {
    @usableFromInline var letters: [Letter] = []
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
  package func post(_ letter: Letter) {
    leave(letter)
    call()
  }

  /// Leaves a letter without waking the loop, because more is to follow at once. Whoever does so then calls.
  @inlinable
  package func leave(_ letter: Letter) {
    box.withLock { $0.letters.append(letter) }
  }

  /// Wakes the loop if there is a letter for it.
  @inlinable
  package func call() {
    let mustWake = box.withLock { box in
      guard !box.letters.isEmpty, !box.hasWoken else { return false }
      box.hasWoken = true
      return true
    }
    if mustWake { wake() }
  }

  /// All letters, oldest first.
  @inlinable
  package func take() -> [Letter] {
    hush()
    return box.withLock { box in
      let letters = box.letters
      box = Box()
      return letters
    }
  }

  // Inlinable is only what is generic, as in `Lock`.
  @usableFromInline func wake() {
    var one: UInt64 = 1
    _ = write(event.number, &one, 8)
  }

  @usableFromInline func hush() {
    var count: UInt64 = 0
    _ = read(event.number, &count, 8)
  }
}
