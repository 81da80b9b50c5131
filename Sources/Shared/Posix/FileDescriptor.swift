// A file descriptor that is closed with its owner.
import Glibc

/// Has one owner; only `deinit` closes it.
public struct FileDescriptor: ~Copyable, Sendable {
  public let number: Int32

  public init(owning number: Int32) {
    self.number = number
  }

  deinit {
    // On Linux a close that fails with EINTR has closed: calling again could close another thread's new descriptor.
    _ = close(number)
  }

  /// Gives up ownership without closing.
  public consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}
