// Many idle connections, opened stage by stage, so that the driver can measure memory in between.
import EventLoop

final class Idle: EventHandler {
  typealias Message = DriverCommand

  private let plan: Plan
  private let connections: WebSocketConnections
  private var stage = 0
  private var isReported = false
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    connections = try WebSocketConnections(plan, loop)
    connections.open(upTo: plan.stages[0])
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    connections.ready(token, readiness) { connection, text in
      // Ephemeral events are expected, errors are not.
      if case .error? = ServerFrame.read(text) { Report.invalid("connection \(connection) received \(text.text)") }
    }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
    guard isReported, !isFinished else { return }
    isReported = false
    stage += 1
    if stage < plan.stages.count {
      connections.open(upTo: plan.stages[stage])
    } else {
      Report.done(RunResult(seconds: 0, units: connections.openCount, latency: Latencies().summary()))
      isFinished = true
    }
  }

  func tick(_ now: Int64) {
    guard !isReported, connections.areAllOpen else { return }
    isReported = true
    Report.phase(.opened)
  }

  func iterationEnded() {
    connections.flush()
  }
}
