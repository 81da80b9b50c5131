// Keeps every measured latency: percentiles of a histogram would be percentiles of its buckets.

struct Latencies {
  struct Summary: Encodable {
    let samples: Int
    let p50Microseconds: Double?
    let p99Microseconds: Double?
    let p999Microseconds: Double?
    let maxMicroseconds: Double?
  }

  private var nanoseconds: [Int64] = []

  init() {
    // Growing the array later would copy it, and disturb a latency.
    nanoseconds.reserveCapacity(1 << 20)
  }

  mutating func append(_ value: Int64) {
    nanoseconds.append(value)
  }

  func summary() -> Summary {
    let sorted = nanoseconds.sorted()
    return Summary(
      samples: sorted.count, p50Microseconds: Self.rank(0.5, in: sorted), p99Microseconds: Self.rank(0.99, in: sorted),
      p999Microseconds: Self.rank(0.999, in: sorted), maxMicroseconds: Self.rank(1, in: sorted))
  }

  /// The nearest rank: always a measured value.
  private static func rank(_ share: Double, in sorted: [Int64]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = (share * Double(sorted.count)).rounded(.up)
    return Double(sorted[max(0, Int(rank) - 1)]) / 1000
  }
}
