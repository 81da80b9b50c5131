// Counters, gauges and histograms that any thread updates without a lock.
import Synchronization

/// A number that only grows, such as connections accepted.
public final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  public init() {}

  public var value: Int { count.load(ordering: .relaxed) }

  public func add(_ increment: Int = 1) { count.wrappingAdd(increment, ordering: .relaxed) }
}

/// A number that rises and falls, such as connections open now.
public final class Gauge: Sendable {
  private let level = Atomic<Int>(0)

  public init() {}

  public var value: Int { level.load(ordering: .relaxed) }

  public func set(_ value: Int) { level.store(value, ordering: .relaxed) }
  public func add(_ change: Int) { level.wrappingAdd(change, ordering: .relaxed) }
}

/// How measured values are distributed over fixed buckets, such as commit times in microseconds.
public final class Histogram: Sendable {
  public struct Snapshot: Equatable, Sendable {
    /// Observations up to and including each bound (not cumulative); the last count is of those above all bounds.
    public var counts: [Int]
    public var sum: Int

    public init(counts: [Int], sum: Int) {
      self.counts = counts
      self.sum = sum
    }

    public var count: Int { counts.reduce(0, +) }
  }

  /// Upper bounds, inclusive, in rising order.
  public let bounds: [Int]
  // Never moved or replaced: allocated in `init`, released in `deinit`.
  nonisolated(unsafe) private let buckets: UnsafeMutablePointer<Atomic<Int>>
  private let total = Atomic<Int>(0)

  public init(bounds: [Int]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of a histogram rise")
    self.bounds = bounds
    buckets = .allocate(capacity: bounds.count + 1)
    for index in 0...bounds.count { (buckets + index).initialize(to: Atomic(0)) }
  }

  deinit {
    buckets.deinitialize(count: bounds.count + 1)
    buckets.deallocate()
  }

  public func observe(_ value: Int) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    buckets[bucket].wrappingAdd(1, ordering: .relaxed)
    total.wrappingAdd(value, ordering: .relaxed)
  }

  /// The counts of this moment. An observation that is under way may be in one of them and not yet in the sum.
  public var snapshot: Snapshot {
    Snapshot(counts: (0...bounds.count).map { buckets[$0].load(ordering: .relaxed) }, sum: total.load(ordering: .relaxed))
  }
}
