// When each event loop last ticked: one that hangs is noticed by the others.
import Posix

/// May be used from any thread.
final class LoopTicks: Sendable {
  /// Without a tick for so long a loop hangs; it ticks four times a second.
  static let hungMilliseconds: Int64 = 3000

  /// By the loop's index, on the monotonic clock; nil before the loop starts and after it ends.
  private let ticks: Lock<[Int64?]>

  init(loops: Int) {
    ticks = Lock(Array(repeating: nil, count: loops))
  }

  func ticked(_ loop: Int, at now: Int64) {
    ticks.withLock { $0[loop] = now }
  }

  func ended(_ loop: Int) {
    ticks.withLock { $0[loop] = nil }
  }

  /// Whether no loop hangs at `now`.
  func areRecent(at now: Int64) -> Bool {
    ticks.withLock { $0.allSatisfy { tick in tick.map { now - $0 < Self.hungMilliseconds } ?? true } }
  }
}
