// The sliding window in memory, compared with the one that keeps every time.
import Domain
import TestSupport
import Testing

@Suite struct RateWindowTests {
  @Test(arguments: [(1, 1), (1, 50), (3, 100), (20, 10_000), (200, 10_000), (200, 700)])
  func `it decides as the exact window does`(count: Int, window: Int) {
    let limit = RateLimit(count: count, windowMilliseconds: Int64(window))
    var random = SplitMix(seed: UInt64(count * 31 + window))
    var subject = RateWindow()
    var model: [Int64] = []
    var now: Int64 = 0
    var (refusals, admissions, wrong) = (0, 0, [String]())
    for step in 0..<4000 {
      now += random.int(0...4) == 0 ? random.int64(0...Int64(max(1, 8 * window / count))) : 0
      let wait = subject.tryAcquire(limit, now: now)
      switch limit.evaluate(model, now: now) {
      case .admitted(let times):
        model = times
        admissions += 1
        if wait != nil { wrong.append("refused at step \(step)") }
      case .refused(let milliseconds):
        refusals += 1
        if wait != milliseconds { wrong.append("\(wait ?? -1) instead of \(milliseconds) at step \(step)") }
      }
    }
    #expect(wrong.prefix(3) == [])
    #expect(refusals > 100 && admissions > 100, "nothing was tried")
  }

  @Test func `a window without recent actions is over`() {
    let limit = RateLimit(count: 2, windowMilliseconds: 100)
    var window = RateWindow()
    #expect(window.isOver(limit, now: 0))
    _ = window.tryAcquire(limit, now: 10)
    #expect(!window.isOver(limit, now: 109) && window.isOver(limit, now: 110))
  }
}
