// Many connections that say nothing: stage by stage, so that the driver can weigh the server in between.
import EventLoop

final class Idle: EventHandler {
  typealias Message = Order

  private let plan: Plan
  private let lines: WebSocketLines
  private var stage = 0
  private var isTold = false
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    lines = try WebSocketLines(plan, loop)
    lines.open(upTo: plan.stages[0])
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    lines.ready(token, readiness) { line, text in
      // Presence and the like may come; a refusal may not.
      if case .error? = Heard.read(text) { Report.void("connection \(line) heard \(text.text)") }
    }
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
    guard isTold, !isFinished else { return }
    isTold = false
    stage += 1
    if stage < plan.stages.count {
      lines.open(upTo: plan.stages[stage])
    } else {
      Report.done(Outcome(seconds: 0, units: lines.openCount, latency: Latencies().summary()))
      isFinished = true
    }
  }

  func ticked(_ now: Int64) {
    guard !isTold, lines.areOpen else { return }
    isTold = true
    Report.phase(.opened)
  }

  func iterationEnded() {
    lines.flush()
  }
}
