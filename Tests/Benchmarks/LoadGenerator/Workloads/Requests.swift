// REST: every connection has one request under way, the next leaves when its answer is there.
import EventLoop
import Posix

/// What is asked, and whether the answer is right.
protocol Errand {
  init(_ plan: Plan)
  /// The whole request, head and body.
  mutating func request(_ line: Int) -> [UInt8]
  /// What is wrong with an answer; nil if nothing is.
  mutating func flaw(of answer: HTTPAnswer, to line: Int, in bytes: UnsafeRawBufferPointer) -> String?
  /// What is wrong with all answers together, when none is under way any more.
  func flawOfAll() -> String?
}

final class Requests<Kind: Errand>: EventHandler {
  typealias Message = Order

  private static var drainMax: Int64 { 30_000_000_000 }

  private var errand: Kind
  private let plan: Plan
  private let lines: HTTPLines
  private var stopwatch: Stopwatch
  /// When each line's request left; nil when it has stopped.
  private var sentAt: [Int64?]
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ errand: Kind, _ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.errand = errand
    self.plan = plan
    lines = try HTTPLines(plan, loop)
    stopwatch = Stopwatch(plan)
    sentAt = Array(repeating: nil, count: plan.lines.count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    lines.ready(token, readiness) { line, answer, bytes in answered(line, answer, bytes) }
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    guard stopwatch.stage == .opening else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    for line in plan.lines.indices { ask(line) }
  }

  func iterationEnded() {
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.look(at: now) {
    case .measuring?: Report.phase(.measuring)
    case .draining?: Report.phase(.measured)
    default: if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  private func ask(_ line: Int) {
    let request = errand.request(line)
    sentAt[line] = Clock.monotonicNanoseconds()
    lines.send(line, request)
  }

  private func answered(_ line: Int, _ answer: HTTPAnswer, _ bytes: UnsafeRawBufferPointer) {
    guard let start = sentAt[line] else { Report.void("connection \(line) got an answer to nothing") }
    sentAt[line] = nil
    if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - start) }
    if let flaw = errand.flaw(of: answer, to: line, in: bytes) {
      Report.void("\(flaw): \(UnsafeRawBufferPointer(rebasing: bytes.prefix(1000)).text)")
    }
    if !stopwatch.isDraining { ask(line) }
  }

  private func drain(_ now: Int64) {
    let open = sentAt.count { $0 != nil }
    guard open == 0 else {
      if now - stopwatch.since > Self.drainMax { Report.void("\(open) requests were never answered") }
      return
    }
    if let flaw = errand.flawOfAll() { Report.void(flaw) }
    let summary = latencies.summary()
    Report.done(Outcome(seconds: stopwatch.measuredSeconds, units: summary.samples, latency: summary, reopened: lines.reopened))
    isFinished = true
  }
}
