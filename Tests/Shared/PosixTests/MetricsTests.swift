// Metrics: nothing is lost when many threads update them, and the registry reads them by name.
import Posix
import TestSupport
import Testing

@Suite struct MetricsTests {
  @Test func `counters and gauges lose no update from eight threads`() {
    let counter = Counter()
    let gauge = Gauge()
    _ = Threads.run(8) { _ in
      for _ in 0..<5000 {
        counter.add()
        gauge.add(2)
        gauge.add(-1)
      }
    }
    #expect(counter.value == 40_000 && gauge.value == 40_000)
    gauge.set(7)
    #expect(gauge.value == 7)
  }

  @Test func `a histogram counts each value in the first bucket whose bound it does not exceed`() {
    let histogram = Histogram(bounds: [10, 100])
    for value in [-5, 0, 10, 11, 100, 101, 1000] { histogram.observe(value) }
    #expect(histogram.snapshot == Histogram.Snapshot(counts: [3, 2, 2], sum: 1217))
    #expect(histogram.snapshot.count == 7)
  }

  @Test func `a histogram loses no value from eight threads`() {
    let histogram = Histogram(bounds: [1, 2, 3])
    _ = Threads.run(8) { thread in for _ in 0..<2000 { histogram.observe(thread % 4 + 1) } }
    #expect(histogram.snapshot == Histogram.Snapshot(counts: [4000, 4000, 4000, 4000], sum: 40_000))
  }

  @Test func `metrics are told as Prometheus reads them, in base units, in the order in which they were made`() {
    let metrics = Metrics(program: "rest")
    let accepted = metrics.counter("accepted_total", "Accepted.", metrics.program)
    let open = metrics.gauge("open", "Open.")
    let commit = metrics.durations("commit_seconds", "Committed.", [("kind", "a\"b\\c")])
    let time = metrics.counter("time_seconds_total", "Time.", unit: .microseconds)
    metrics.reading(.gauge, "free_bytes", "Free.") { 5 }
    metrics.reading(.gauge, "age_seconds", "Age.", unit: .milliseconds) { nil }
    accepted.add(3)
    open.set(-2)
    time.add(1_500_000)
    for microseconds in [100, 101, 20_000_000] { commit.observe(microseconds) }
    let lines = MetricFamily.text(metrics.read()).split(separator: "\n").map(String.init)
    let histogram = lines.filter { $0.contains("commit") }
    #expect(
      lines.filter { !$0.contains("commit") } == [
        "# HELP accepted_total Accepted.", "# TYPE accepted_total counter", "accepted_total{program=\"rest\"} 3",
        "# HELP open Open.", "# TYPE open gauge", "open -2",
        "# HELP time_seconds_total Time.", "# TYPE time_seconds_total counter", "time_seconds_total 1.5",
        "# HELP free_bytes Free.", "# TYPE free_bytes gauge", "free_bytes 5",
      ])
    #expect(
      histogram.prefix(4) == [
        "# HELP commit_seconds Committed.", "# TYPE commit_seconds histogram",
        "commit_seconds_bucket{kind=\"a\\\"b\\\\c\",le=\"0.0001\"} 1", "commit_seconds_bucket{kind=\"a\\\"b\\\\c\",le=\"0.00025\"} 2",
      ])
    #expect(
      histogram.suffix(3) == [
        "commit_seconds_bucket{kind=\"a\\\"b\\\\c\",le=\"+Inf\"} 3", "commit_seconds_sum{kind=\"a\\\"b\\\\c\"} 20.000201",
        "commit_seconds_count{kind=\"a\\\"b\\\\c\"} 3",
      ])
  }

  @Test func `what is read is what was told, and families of one name become one`() throws {
    func program(_ name: String, _ own: String) -> Metrics {
      let metrics = Metrics(program: name)
      metrics.counter("shared_total", "Shared.", metrics.program).add(7)
      metrics.durations("own_\(own)_seconds", "Own.").observe(12)
      return metrics
    }
    let (rest, push) = (program("rest", "a").read(), program("push", "b").read())
    #expect(MetricFamily.read(MetricFamily.text(push)) == push)
    let joined = MetricFamily.joined([rest, push])
    #expect(joined.map(\.name) == ["shared_total", "own_a_seconds", "own_b_seconds"])
    #expect(joined[0].samples.map { $0.label("program") } == ["rest", "push"])
    #expect(joined[0].samples.map { $0.label("other") } == [nil, nil])
  }

  @Test(arguments: [
    "x 1\n", "# HELP x X.\nx 1\n", "# TYPE x counter\nx 1\n", "# HELP x X.\n# TYPE y counter\ny 1\n",
    "# HELP x X.\n# TYPE x counter\ny 1\n",
    "# HELP x X.\n# TYPE x counter\nx one\n", "# HELP x X.\n# TYPE x summary\nx 1\n", "# HELP x X.\n# TYPE x counter\nx{a=\"b\" 1\n",
    "# HELP x X.\n# TYPE x histogram\nx 1\n", "HTTP/1.1 200 OK",
  ])
  func `what is no metrics text is not read`(text: String) {
    #expect(MetricFamily.read(text) == nil)
  }
}
