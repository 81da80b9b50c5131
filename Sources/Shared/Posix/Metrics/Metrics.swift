// The metrics of a program: made at start, read at any time.

public final class Metrics: Sendable {
  /// What the numbers of a metric count. They are told in the base unit: seconds for times.
  public enum Unit: Sendable {
    case one
    case milliseconds
    case microseconds

    /// Digits behind the point of the base unit.
    var decimals: Int {
      switch self {
      case .one: 0
      case .milliseconds: 3
      case .microseconds: 6
      }
    }
  }

  public typealias Labels = [(name: String, value: String)]

  private enum Source: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case histogram(Histogram)
    /// Found out when it is read; nil: there is nothing to tell.
    case reading(@Sendable () -> Int?)
  }

  private struct Series: Sendable {
    let labels: String
    let source: Source
  }

  private struct Family: Sendable {
    let name: String
    let help: String
    let kind: MetricFamily.Kind
    let unit: Unit
    var series: [Series]
  }

  /// The label of a metric that several programs have.
  public let program: Labels
  private let families = Lock<[Family]>([])

  /// `program` is the name that tells its metrics from those of the others.
  public init(program: String = "test") {
    self.program = [("program", program)]
  }

  /// Makes a metric. Each name is given once with the same labels; keep the metric that is returned and update it directly.
  public func counter(_ name: String, _ help: String, _ labels: Labels = [], unit: Unit = .one) -> Counter {
    let counter = Counter()
    register(name, help, .counter, unit, labels, .counter(counter))
    return counter
  }

  public func gauge(_ name: String, _ help: String, _ labels: Labels = []) -> Gauge {
    let gauge = Gauge()
    register(name, help, .gauge, .one, labels, .gauge(gauge))
    return gauge
  }

  /// A histogram of durations, observed in microseconds; buckets from 100 µs to 10 s.
  public func durations(_ name: String, _ help: String, _ labels: Labels = []) -> Histogram {
    let bounds = [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 10_000_000]
    let histogram = Histogram(bounds: bounds)
    register(name, help, .histogram, .microseconds, labels, .histogram(histogram))
    return histogram
  }

  /// A gauge, or a counter, that is found out when it is read, by `read`, which must not take long. Nil: it is left out.
  public func reading(
    _ kind: MetricFamily.Kind, _ name: String, _ help: String, _ labels: Labels = [], unit: Unit = .one,
    read: @escaping @Sendable () -> Int?
  ) {
    register(name, help, kind, unit, labels, .reading(read))
  }

  /// All metrics in the order in which they were made, with their values of this moment.
  public func read() -> [MetricFamily] {
    families.withLock { $0 }.map { family in
      MetricFamily(
        name: family.name, help: family.help, kind: family.kind,
        samples: family.series.flatMap { Self.samples($0, decimals: family.unit.decimals) })
    }
  }

  /// All metrics in one line; of a histogram, the number of observations and their sum.
  public var summary: String {
    read().flatMap { family in family.samples.filter { $0.suffix != "_bucket" }.map { "\(family.name)\($0.text)" } }.joined(separator: ", ")
  }

  private func register(_ name: String, _ help: String, _ kind: MetricFamily.Kind, _ unit: Unit, _ labels: Labels, _ source: Source) {
    let series = Series(labels: MetricFamily.text(of: labels), source: source)
    families.withLock { families in
      guard let index = families.firstIndex(where: { $0.name == name }) else {
        return families.append(Family(name: name, help: help, kind: kind, unit: unit, series: [series]))
      }
      precondition(
        families[index].kind == kind && !families[index].series.contains { $0.labels == series.labels },
        "a metric of this name and these labels exists already: \(name)\(series.labels)")
      families[index].series.append(series)
    }
  }

  private static func samples(_ series: Series, decimals: Int) -> [MetricFamily.Sample] {
    func sample(_ value: Int, _ suffix: String = "", _ labels: String? = nil, decimals: Int = 0) -> MetricFamily.Sample {
      MetricFamily.Sample(suffix: suffix, labels: labels ?? series.labels, value: MetricFamily.text(value, decimals: decimals))
    }
    switch series.source {
    case .counter(let counter): return [sample(counter.value, decimals: decimals)]
    case .gauge(let gauge): return [sample(gauge.value, decimals: decimals)]
    case .reading(let read): return read().map { [sample($0, decimals: decimals)] } ?? []
    case .histogram(let histogram):
      let snapshot = histogram.snapshot
      let others = series.labels.isEmpty ? "{" : "\(series.labels.dropLast()),"
      var samples: [MetricFamily.Sample] = []
      var count = 0
      for (index, inBucket) in snapshot.counts.enumerated() {
        count += inBucket
        let bound = index < histogram.bounds.count ? MetricFamily.text(histogram.bounds[index], decimals: decimals) : "+Inf"
        samples.append(sample(count, "_bucket", "\(others)le=\"\(bound)\"}"))
      }
      return samples + [sample(snapshot.sum, "_sum", decimals: decimals), sample(count, "_count")]
    }
  }
}
