// REST requests: one in flight per connection; the next one is sent after the response.
import EventLoop
import Posix

/// The requests of a workload, and the checks of the responses.
protocol RequestWorkload {
  init(_ plan: Plan)
  /// The next request of a connection, head and body.
  mutating func request(_ connection: Int) -> [UInt8]
  /// What is wrong with a response; nil if it is right.
  mutating func problem(of response: ReceivedResponse, to connection: Int, in bytes: UnsafeRawBufferPointer) -> String?
  /// What is wrong with all responses together, after the last one.
  func finalProblem() -> String?
}

final class Requests<Workload: RequestWorkload>: EventHandler {
  typealias Message = DriverCommand

  private static var drainMax: Int64 { 30_000_000_000 }

  private var workload: Workload
  private let plan: Plan
  private let connections: HTTPConnections
  private var stopwatch: Stopwatch
  /// When each connection's request was sent; nil if none is in flight.
  private var sentAt: [Int64?]
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ workload: Workload, _ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.workload = workload
    self.plan = plan
    connections = try HTTPConnections(plan, loop)
    stopwatch = Stopwatch(plan)
    sentAt = Array(repeating: nil, count: plan.connections.count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    connections.ready(token, readiness) { connection, response, bytes in completed(connection, response, bytes) }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    guard stopwatch.stage == .opening else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    for connection in plan.connections.indices { send(connection) }
  }

  func iterationEnded() {
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.advance(at: now) {
    case .measuring?: Report.phase(.measuring)
    case .draining?: Report.phase(.measured)
    default: if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  private func send(_ connection: Int) {
    let request = workload.request(connection)
    sentAt[connection] = Clock.monotonicNanoseconds()
    connections.send(connection, request)
  }

  private func completed(_ connection: Int, _ response: ReceivedResponse, _ bytes: UnsafeRawBufferPointer) {
    guard let start = sentAt[connection] else { Report.invalid("connection \(connection) received a response without a request") }
    sentAt[connection] = nil
    if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - start) }
    if let problem = workload.problem(of: response, to: connection, in: bytes) {
      Report.invalid("\(problem): \(UnsafeRawBufferPointer(rebasing: bytes.prefix(1000)).text)")
    }
    if !stopwatch.isDraining { send(connection) }
  }

  private func drain(_ now: Int64) {
    let open = sentAt.count { $0 != nil }
    guard open == 0 else {
      if now - stopwatch.since > Self.drainMax { Report.invalid("\(open) requests never got a response") }
      return
    }
    if let problem = workload.finalProblem() { Report.invalid(problem) }
    let summary = latencies.summary()
    Report.done(RunResult(seconds: stopwatch.measuredSeconds, units: summary.samples, latency: summary, reopened: connections.reopened))
    isFinished = true
  }
}
