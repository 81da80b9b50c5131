// An open file descriptor with one owner.
import Glibc

/// Closed when its owner lets it go; nothing else closes it.
package struct FileDescriptor: ~Copyable, Sendable {
  package let number: Int32

  package init(owning number: Int32) {
    self.number = number
  }

  deinit {
    // EINTR from close still closes on Linux: calling again could close somebody else's descriptor.
    _ = close(number)
  }

  /// Gives the descriptor up without closing it.
  package consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}
