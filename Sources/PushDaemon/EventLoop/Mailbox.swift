// The one thing of a loop that other threads may touch.
import CLinux
import Glibc
package import Posix

/// Letters from other threads, taken by the loop once a turn. The first letter into an empty box wakes the loop.
package final class Mailbox<Letter: Sendable>: Sendable {
  @usableFromInline let letters = Lock<[Letter]>([])
  private let event: FileDescriptor

  package init() throws {
    event = FileDescriptor(owning: try check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) })
  }

  /// To be watched for reading.
  package var descriptor: Int32 { event.number }

  /// Never blocks. The sender bounds what it sends: see `GroupCommit.queueMax` for replies and `journalBatchMax` for news.
  @inlinable
  package func post(_ letter: Letter) {
    let wasEmpty = letters.withLock { letters in
      letters.append(letter)
      return letters.count == 1
    }
    if wasEmpty { wake() }
  }

  /// All letters, oldest first.
  @inlinable
  package func take() -> [Letter] {
    hush()
    return letters.withLock { letters in
      defer { letters = [] }
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
