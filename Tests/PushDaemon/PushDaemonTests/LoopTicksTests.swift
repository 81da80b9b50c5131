// A loop that hangs, by its ticks.
import Testing

@testable import PushDaemon

struct LoopTicksTests {
  @Test func `a loop hangs once it has not ticked for three seconds, until it ticks again or ends`() {
    let ticks = LoopTicks(loops: 3)
    #expect(ticks.areRecent(at: 0))
    ticks.ticked(0, at: 1000)
    ticks.ticked(2, at: 1000)
    #expect(ticks.areRecent(at: 3999))
    ticks.ticked(0, at: 4000)
    #expect(!ticks.areRecent(at: 4000))
    ticks.ticked(2, at: 4100)
    #expect(ticks.areRecent(at: 6999) && !ticks.areRecent(at: 7000))
    ticks.ended(0)
    #expect(ticks.areRecent(at: 7000) && !ticks.areRecent(at: 7100))
  }
}
