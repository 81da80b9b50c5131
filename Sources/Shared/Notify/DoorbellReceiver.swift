// Receives rings of the doorbell: the daemon's end of the notification channel.
import Glibc
import Posix

/// A datagram socket on which other programs ring. Binds again when its socket file was removed or replaced.
public final class DoorbellReceiver {
  private let socket: UnixSocket
  private var error = RepeatedError()

  /// Whether rings do not arrive: the path leads elsewhere, and cannot be taken back yet.
  public var isLost: Bool { error.isFailing }

  /// Throws `Errno`, EADDRINUSE if another receiver lives at the path.
  public init(path: String) throws {
    socket = try UnixSocket(path: path, .datagram)
  }

  /// Waits for a ring, for at most `milliseconds`, and takes all rings that are queued: many count as one.
  public func wait(milliseconds: Int32) {
    var ready = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else {
      restore()
      return
    }
    var byte: UInt8 = 0
    // Bounded, so that a flood of rings cannot keep the daemon from reading the journal.
    for _ in 0..<1024 where recv(socket.number, &byte, 1, 0) < 0 { break }
  }

  /// Binds again if the path no longer leads to this socket. Called only when no ring came, since rings may be getting lost.
  private func restore() {
    do throws(Errno) {
      let restoration = try socket.restore()
      _ = error.isNew(nil)
      if case .unchanged = restoration { return }
      Log.warning("the doorbell's socket was removed or replaced; bound again: \(socket.path)")
    } catch {
      // Until it can be bound, the journal is read on the timer alone.
      if self.error.isNew(error) { Log.error("the doorbell cannot be bound again: \(error)") }
    }
  }
}
