// One connection after the other resumes from its cursor: how soon its welcome arrives.
import EventLoop
import Posix

/// The connections stay open. The first tenth of them is the warm-up. Nothing was missed, so the cost is that of the user's rooms.
final class Resumes: EventHandler {
  typealias Message = DriverCommand

  private let warmUpCount: Int
  private let count: Int
  private let connections: WebSocketConnections
  private var welcomed = 0
  private var welcomedAt = Clock.monotonicNanoseconds()
  private var measuringSince: Int64 = 0
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    count = plan.connections.count
    warmUpCount = count / 10
    connections = try WebSocketConnections(plan, loop, openingMax: 1)
    Report.phase(.opened)
    connections.open(upTo: count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    connections.ready(token, readiness) { connection, text in
      switch ServerFrame.read(text) {
      case .durable?, .ephemeral?: break
      default: Report.invalid("connection \(connection) received \(text.text)")
      }
    }
    guard connections.openCount > welcomed else { return }
    let now = Clock.monotonicNanoseconds()
    if welcomed > warmUpCount { latencies.append(now - welcomedAt) }
    welcomed = connections.openCount
    welcomedAt = now
    if welcomed == warmUpCount + 1 {
      measuringSince = now
      Report.phase(.measuring)
    }
    if welcomed == count { finish(now) }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {}

  func iterationEnded() {
    connections.flush()
  }

  private func finish(_ now: Int64) {
    Report.phase(.measured)
    let summary = latencies.summary()
    Report.done(RunResult(seconds: Double(now - measuringSince) / 1e9, units: summary.samples, latency: summary))
    isFinished = true
  }
}
