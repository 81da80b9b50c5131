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

  @Test func `the registry reads all metrics in the order in which they were made`() {
    let metrics = Metrics()
    let accepted = metrics.counter("connections_accepted_total")
    let open = metrics.gauge("connections_open")
    let commit = metrics.histogram("commit_microseconds", bounds: [500])
    accepted.add(3)
    open.set(2)
    commit.observe(400)
    let read = metrics.read()
    #expect(read.map(\.name) == ["connections_accepted_total", "connections_open", "commit_microseconds"])
    #expect(
      read.map(\.value) == [.counter(3), .gauge(2), .histogram(bounds: [500], Histogram.Snapshot(counts: [1, 0], sum: 400))])
  }
}
