// What the REST program counts: requests, how long they took, and what was refused.
import Chat
import Posix
import Wire

/// Every request costs a few atomic additions. All labels are of known routes, statuses and codes, whatever is asked for.
struct RestMetrics: Sendable {
  /// The statuses of responses; another one, should there ever be one, counts as the last.
  private static let statuses = [200, 201, 202, 204, 304] + Set(Problem.all.map(\.status)).sorted()

  private struct RouteMetrics: Sendable {
    let requests: Counter
    let microseconds: Counter
  }

  private let requests: [Counter]
  /// Requests with a status from 200 to 299 first, from 500 to 599 last.
  private let seconds: [Histogram]
  private let routes: [RouteMetrics]
  private let refusals: RefusalMetrics

  init(_ metrics: Metrics, _ routes: [Route] = Routes.table) {
    requests = Self.statuses.map {
      metrics.counter("echochat_http_requests_total", "REST requests by the status of the response.", [("status", "\($0)")])
    }
    seconds = (2...5).map {
      metrics.durations("echochat_http_request_seconds", "From a complete REST request to its response.", [("status", "\($0)xx")])
    }
    self.routes = routes.map { route in
      let labels = [(name: "method", value: route.method.rawValue), (name: "route", value: route.template)]
      return RouteMetrics(
        requests: metrics.counter("echochat_http_route_requests_total", "REST requests by their route.", labels),
        microseconds: metrics.counter(
          "echochat_http_route_seconds_total", "Time taken by REST requests, by route.", labels, unit: .microseconds)
      )
    }
    refusals = RefusalMetrics(metrics)
  }

  /// A request has been responded to after `microseconds`. `route`: the number of its route, if it has one.
  func record(_ response: Response, route: Int?, microseconds: Int) {
    requests[Self.statuses.firstIndex(of: response.status) ?? requests.count - 1].add()
    seconds[min(max(response.status / 100 - 2, 0), seconds.count - 1)].observe(microseconds)
    if let route {
      routes[route].requests.add()
      routes[route].microseconds.add(microseconds)
    }
    if let code = response.problemCode { refusals.add(code) }
  }
}
