// What the REST program counts: requests and their durations, by the class of the status.
import Posix

struct RestMetrics: Sendable {
  /// Requests with a status from 200 to 299 first, from 500 to 599 last.
  private let requests: [Counter]
  private let seconds: [Histogram]

  init(_ metrics: Metrics) {
    requests = (2...5).map { metrics.counter("echochat_rest_requests_total{status=\"\($0)xx\"}") }
    seconds = (2...5).map { metrics.durations("echochat_rest_request_seconds{status=\"\($0)xx\"}") }
  }

  /// A request has been responded to with `status`, from 200 to 599, after `microseconds`.
  func record(status: Int, microseconds: Int) {
    let index = min(max(status / 100 - 2, 0), requests.count - 1)
    requests[index].add()
    seconds[index].observe(microseconds)
  }
}
