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

/// The metrics of a program by name: made at start, read at any time.
public final class Metrics: Sendable {
  public enum Value: Equatable, Sendable {
    case counter(Int)
    case gauge(Int)
    case histogram(bounds: [Int], Histogram.Snapshot)
  }

  private enum Source: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case histogram(Histogram)
  }

  private let sources = Lock<[(name: String, source: Source)]>([])

  public init() {}

  /// Makes a metric. Each name is given once; keep the metric that is returned and update it directly.
  public func counter(_ name: String) -> Counter {
    let counter = Counter()
    register(name, .counter(counter))
    return counter
  }

  public func gauge(_ name: String) -> Gauge {
    let gauge = Gauge()
    register(name, .gauge(gauge))
    return gauge
  }

  public func histogram(_ name: String, bounds: [Int]) -> Histogram {
    let histogram = Histogram(bounds: bounds)
    register(name, .histogram(histogram))
    return histogram
  }

  /// A histogram of durations, observed in microseconds; buckets from 100 µs to 10 s.
  public func durations(_ name: String) -> Histogram {
    histogram(name, bounds: [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 10_000_000])
  }

  /// All metrics in one line, `name=value`; of a histogram, the number of observations and their sum as observed.
  public var text: String {
    read().map { name, value in
      switch value {
      case .counter(let count): "\(name)=\(count)"
      case .gauge(let level): "\(name)=\(level)"
      case .histogram(_, let snapshot): "\(name)=\(snapshot.count):\(snapshot.sum)"
      }
    }.joined(separator: " ")
  }

  /// All metrics in the order in which they were made, with their values of this moment.
  public func read() -> [(name: String, value: Value)] {
    sources.withLock { $0 }.map { name, source in
      switch source {
      case .counter(let counter): (name, .counter(counter.value))
      case .gauge(let gauge): (name, .gauge(gauge.value))
      case .histogram(let histogram): (name, .histogram(bounds: histogram.bounds, histogram.snapshot))
      }
    }
  }

  private func register(_ name: String, _ source: Source) {
    sources.withLock { sources in
      precondition(!sources.contains { $0.name == name }, "a metric of this name exists already: \(name)")
      sources.append((name, source))
    }
  }
}
