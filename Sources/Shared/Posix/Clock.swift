// Clocks: wall time for timestamps, boot and monotonic time for measuring.
import Glibc

public enum Clock {
  /// Milliseconds since 1970; may jump when the operator or NTP sets it.
  public static func wallMilliseconds() -> Int64 { read(CLOCK_REALTIME) / 1_000_000 }

  /// Milliseconds since the machine booted, sleep included; the same in every process and never set back.
  public static func bootMilliseconds() -> Int64 { read(CLOCK_BOOTTIME) / 1_000_000 }

  /// Nanoseconds of the monotonic clock.
  public static func monotonicNanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension Clock {
  /// The kernel's identifier of the current boot: boot times of different boots cannot be compared. Nil where /proc/sys is hidden, as systemd
  /// does for a service with `ProcSubset=pid`.
  public static func bootID(path: String = "/proc/sys/kernel/random/boot_id") -> String? {
    guard let text = try? TextFile.read(path) else { return nil }
    let identifier = text.prefix { !$0.isWhitespace }
    return identifier.isEmpty ? nil : String(identifier)
  }
}
