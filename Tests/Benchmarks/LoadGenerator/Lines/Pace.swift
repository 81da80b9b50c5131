// The clock of an open loop: moments at which something is due, whether or not what came before has been answered.
import CLinux
import EventLoop
import Glibc
import Posix

/// Latencies are counted from the moment a thing was due, so a server that stalls is charged for all that should have happened meanwhile.
final class Pace {
  /// A slot that no line has.
  static let token = Token(slot: 1 << 30, generation: 0)
  /// The timer need not be finer: what was due since is then done at once, and dated as it was due.
  private static let intervalMin: Int64 = 200_000

  private let timer: FileDescriptor
  private let interval: Int64
  private var next: Int64 = 0

  /// Nil if the plan's loop is closed.
  init?(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    guard let perSecond = plan.perSecond, perSecond > 0 else { return nil }
    interval = Int64(1e9 / perSecond)
    timer = FileDescriptor(
      owning: try check("timerfd_create") { timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)) })
    try loop.add(timer.number, .read, Self.token)
  }

  /// The first thing is due one interval from now.
  func start() {
    let step = max(interval, Self.intervalMin)
    let time = timespec(tv_sec: Int(step / 1_000_000_000), tv_nsec: Int(step % 1_000_000_000))
    var setting = itimerspec(it_interval: time, it_value: time)
    next = Clock.monotonicNanoseconds() + interval
    timerfd_settime(timer.number, 0, &setting, nil)
  }

  /// Calls `body` for all that has become due since, with the moments at which it was.
  func take(_ body: (Int64) -> Void) {
    var expirations: UInt64 = 0
    _ = read(timer.number, &expirations, 8)
    let now = Clock.monotonicNanoseconds()
    while next <= now {
      body(next)
      next += interval
    }
  }
}
