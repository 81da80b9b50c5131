// The sliding window, compared with a model that keeps every time.
import Domain
import TestSupport
import Testing

@Suite struct RateLimitTests {
  @Test func `five messages in five seconds are admitted, the sixth when the first is five seconds old`() {
    let limit = RateLimit(count: 5, windowMilliseconds: 5000)
    let times: [Int64] = [0, 1000, 1000, 2000, 4999]
    #expect(limit.evaluate(times, now: 4999) == .refused(retryAfterMilliseconds: 1))
    #expect(limit.evaluate(times, now: 5000) == .admitted(times: [1000, 1000, 2000, 4999, 5000]))
    #expect(limit.evaluate([], now: 7) == .admitted(times: [7]))
  }

  @Test(arguments: [(1, 1), (1, 50), (2, 10), (5, 50), (5, 5000), (20, 300), (1000, 4000)])
  func `no window ever has more actions than allowed, and none is refused without cause`(count: Int, window: Int) {
    var random = SplitMix(seed: UInt64(count * 7919 + window))
    let limit = RateLimit(count: count, windowMilliseconds: Int64(window))
    var now: Int64 = 0
    var remembered: [Int64] = []
    var everAdmitted: [Int64] = []
    var (refusals, wrong) = (0, [String]())
    let pause = Int64(max(1, 2 * window / count))
    for _ in 0..<5000 {
      now += random.int(0...3) == 0 ? 0 : random.int64(0...pause)
      let inWindow = everAdmitted.suffix(count).filter { now - $0 < Int64(window) }.count
      switch limit.evaluate(remembered, now: now) {
      case .admitted(let times):
        if inWindow >= count { wrong.append("over-admitted at \(now)") }
        if times.count > count { wrong.append("remembers too much at \(now)") }
        remembered = times
        everAdmitted.append(now)
      case .refused(let milliseconds):
        refusals += 1
        if inWindow < count { wrong.append("under-admitted at \(now)") }
        if milliseconds < 1 || milliseconds > Int64(window) { wrong.append("asks for \(milliseconds) ms at \(now)") }
        if case .refused = limit.evaluate(remembered, now: now + milliseconds) { wrong.append("asks for too little at \(now)") }
        if milliseconds > 1, case .admitted = limit.evaluate(remembered, now: now + milliseconds - 1) {
          wrong.append("asks for too much at \(now)")
        }
      }
    }
    #expect(wrong == [])
    #expect(zip(everAdmitted, everAdmitted.dropFirst(count)).allSatisfy { $1 - $0 >= Int64(window) })
    #expect(refusals > 100 && everAdmitted.count > 100, "nothing was tried")
  }

  @Test func `times of another boot, later than now, are dropped and lock nobody out`() {
    let limit = RateLimit(count: 2, windowMilliseconds: 1000)
    #expect(limit.evaluate([5000, 6000], now: 10) == .admitted(times: [10]))
    #expect(limit.evaluate([9, 6000], now: 10) == .admitted(times: [9, 10]))
    #expect(limit.evaluate([.max, .max], now: 0) == .admitted(times: [0]))
  }

  @Test func `a lowered limit counts the actions admitted under the higher one`() {
    let limit = RateLimit(count: 2, windowMilliseconds: 1000)
    #expect(limit.evaluate([0, 100, 200, 300], now: 400) == .refused(retryAfterMilliseconds: 800))
    #expect(limit.evaluate([0, 100, 200, 300], now: 1200) == .admitted(times: [300, 1200]))
  }

  @Test func `several actions at once are admitted together or not at all`() {
    let limit = RateLimit(count: 4, windowMilliseconds: 1000)
    #expect(limit.evaluate([100, 200], now: 300, actions: 2) == .admitted(times: [100, 200, 300, 300]))
    #expect(limit.evaluate([100, 200, 250], now: 300, actions: 2) == .refused(retryAfterMilliseconds: 800))
    #expect(limit.evaluate([100, 200, 250], now: 300, actions: 4) == .refused(retryAfterMilliseconds: 950))
    // Never admitted: the answer is when the window is as empty as it can be.
    #expect(limit.evaluate([100, 200], now: 300, actions: 5) == .refused(retryAfterMilliseconds: 900))
    #expect(limit.evaluate([], now: 300, actions: 5) == .refused(retryAfterMilliseconds: 1000))
  }
}
