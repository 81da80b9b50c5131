// People on their way in: first come, first in, and nobody is forgotten.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct AdmissionQueueTests {
  @Test func `a crowd comes in in its order, so many at a time, each once`() {
    var random = SplitMix(seed: 2)
    var arrivals = AdmissionQueue()
    var (came, went): (UInt32, UInt32) = (0, 0)
    var wrong: [String] = []
    for step in 0..<2000 {
      for _ in 0..<(step < 1000 ? random.int(0...40) : 0) {
        arrivals.append(Token(slot: came, generation: 1), .failure(.notFound))
        came += 1
      }
      let next = arrivals.take(16)
      for (token, _) in next {
        if token.slot != went { wrong.append("step \(step): \(token.slot) instead of \(went)") }
        went += 1
      }
      if next.count > 16 || (next.count < 16 && !arrivals.isEmpty) { wrong.append("step \(step): \(next.count) came in") }
    }
    #expect(wrong == [] && went == came && came > 16_000 && arrivals.isEmpty)
  }
}
