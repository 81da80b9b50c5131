// The timer of an open loop: operations become due at a fixed rate, whether or not earlier ones have completed.
import CLinux
import EventLoop
import Glibc
import Posix

/// Latencies count from the due time, so a stalled server is charged for every operation that was due meanwhile.
final class OpenLoopTimer {
  /// A slot that no connection has.
  static let token = Token(slot: 1 << 30, generation: 0)
  /// The finest timer interval in nanoseconds; operations due in between run together, each with its own due time.
  private static let intervalMin: Int64 = 200_000

  private let timer: FileDescriptor
  private let interval: Int64
  private var next: Int64 = 0

  /// Nil if the plan's loop is closed.
  init?(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    guard let perSecond = plan.perSecond, perSecond > 0 else { return nil }
    interval = Int64(1e9 / perSecond)
    timer = FileDescriptor(
      owning: try check("timerfd_create") { timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)) })
    try loop.add(timer.number, .read, Self.token)
  }

  /// Starts the timer; the first operation is due one interval from now.
  func start() {
    let step = max(interval, Self.intervalMin)
    let time = timespec(tv_sec: Int(step / 1_000_000_000), tv_nsec: Int(step % 1_000_000_000))
    var setting = itimerspec(it_interval: time, it_value: time)
    next = Clock.monotonicNanoseconds() + interval
    timerfd_settime(timer.number, 0, &setting, nil)
  }

  /// Calls `body` with the due time of each operation that has become due.
  func runDue(_ body: (Int64) -> Void) {
    var expirations: UInt64 = 0
    _ = read(timer.number, &expirations, 8)
    let now = Clock.monotonicNanoseconds()
    while next <= now {
      body(next)
      next += interval
    }
  }
}
