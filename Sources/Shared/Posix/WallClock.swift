// Whether the wall clock can be trusted.
import CLinux

extension Clock {
  /// Whether something, such as NTP, keeps the wall clock right.
  public static var isSynchronized: Bool { echochat_clock_is_synchronized() != 0 }
}
