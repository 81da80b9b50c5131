// Lines that repeat are bounded and counted.
import Posix
import Testing

@Suite struct LogLimiterTests {
  @Test func `of a flood of one kind only so many lines are written, and then how many were left out`() {
    var limiter = LogLimiter()
    let written = (0..<1000).count { limiter.admit("a", "disk full \($0)", at: 5).isWritten }
    #expect(written == LogLimiter.linesMax)
    let next = limiter.admit("a", "disk full again", at: 5 + LogLimiter.spanMilliseconds)
    #expect(next.isWritten)
    #expect(next.omitted == ["\(1000 - LogLimiter.linesMax) lines were left out that are like: disk full \(LogLimiter.linesMax)"])
    #expect(limiter.admit("a", "once more", at: 6 + LogLimiter.spanMilliseconds).omitted == [])
  }

  @Test func `a flood of one kind leaves the others alone, whose next line tells of it`() {
    var limiter = LogLimiter()
    for number in 0..<100 { _ = limiter.admit("a", "flood \(number)", at: 0) }
    let other = limiter.admit("b", "something else", at: 1)
    #expect(other.isWritten && other.omitted == [])
    let later = limiter.admit("b", "something else", at: LogLimiter.spanMilliseconds)
    #expect(later.isWritten && later.omitted.count == 1 && later.omitted.first?.hasPrefix("80 lines") == true)
  }

  @Test func `lines that come slowly are all written`() {
    var limiter = LogLimiter()
    for number in 0..<1000 {
      let admission = limiter.admit("a", "x", at: Int64(number) * LogLimiter.spanMilliseconds / Int64(LogLimiter.linesMax))
      #expect(admission.isWritten && admission.omitted == [])
    }
  }
}
