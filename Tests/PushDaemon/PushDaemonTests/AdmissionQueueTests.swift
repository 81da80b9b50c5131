// Session lookups are handled in their order, and none is lost.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct AdmissionQueueTests {
  @Test func `entries come out in their order, a bounded number at a time, each once`() {
    var random = SplitMix(seed: 2)
    var queue = AdmissionQueue()
    var (added, taken): (UInt32, UInt32) = (0, 0)
    var wrong: [String] = []
    for step in 0..<2000 {
      for _ in 0..<(step < 1000 ? random.int(0...40) : 0) {
        queue.append(Token(slot: added, generation: 1), .failure(.notFound))
        added += 1
      }
      let next = queue.take(16)
      for (token, _) in next {
        if token.slot != taken { wrong.append("step \(step): \(token.slot) instead of \(taken)") }
        taken += 1
      }
      if next.count > 16 || (next.count < 16 && !queue.isEmpty) { wrong.append("step \(step): \(next.count) added in") }
    }
    #expect(wrong == [] && taken == added && added > 16_000 && queue.isEmpty)
  }
}
