// How often each rule has said no.
public import Posix
import Wire

/// The codes of all problems that a program can answer; one that is not known is not counted.
public struct RefusalMetrics: Sendable {
  private let counters: [String: Counter]

  public init(_ metrics: Metrics) {
    var counters: [String: Counter] = [:]
    for problem in Problem.all where counters[problem.code] == nil {
      counters[problem.code] = metrics.counter(
        "echochat_refusals_total", "Requests and commands that were answered with a problem, by its code.",
        metrics.program + [("code", problem.code)])
    }
    self.counters = counters
  }

  public func add(_ code: String) { counters[code]?.add() }
}
