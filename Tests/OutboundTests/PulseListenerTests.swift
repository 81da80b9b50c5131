// Whether the thread that sends mails works, as `serve` asks.
import Posix
import TestSupport
import Testing

@testable import Outbound

@Suite struct PulseListenerTests {
  @Test func `a thread that does nothing for too long is hung, and tells so until it does something`() throws {
    let clock = ManualClock()
    let (pulse, directory) = (Pulse { clock.bootMilliseconds }, TemporaryDirectory())
    let path = directory.path + "/outbound.sock"
    let listener = try PulseListener(path: path, pulse, Metrics())
    defer { listener.stop() }
    func isAlive() -> Bool { HealthProbe.succeeds("/healthz", at: .unix(path: path), withinMilliseconds: 5000) }
    clock.advance(milliseconds: Pulse.longestMilliseconds - 1)
    #expect(isAlive())
    clock.advance(milliseconds: 1)
    #expect(!isAlive())
    pulse.beat()
    #expect(isAlive())
  }
}
