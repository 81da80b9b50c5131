// When a silent connection is pinged, given up or expired.
import Testing

@testable import PushDaemon

@Suite struct HeartbeatTests {
  private let heartbeat = Heartbeat(intervalMilliseconds: 30_000)
  private static let wall: Int64 = 1_700_000_000_000

  private func verdict(silentFor silence: Int64, isPinged: Bool = false, expiresIn seconds: Int64 = 900) -> Heartbeat.Verdict {
    heartbeat.verdict(
      lastReceived: 5000, isPinged: isPinged, tokenExpiresAt: Self.wall / 1000 + seconds, now: 5000 + silence, wallMilliseconds: Self.wall)
  }

  private func checkAfter(
    silentFor silence: Int64, isPinged: Bool = false, expiresIn seconds: Int64 = 900, every interval: Int64 = 30_000
  ) -> Int64 {
    Heartbeat(intervalMilliseconds: interval).nextCheck(
      lastReceived: 5000, isPinged: isPinged, tokenExpiresAt: Self.wall / 1000 + seconds, now: 5000 + silence, wallMilliseconds: Self.wall)
      - 5000 - silence
  }

  @Test func `a peer is pinged after the interval, and given up ten seconds later`() {
    #expect(verdict(silentFor: 29_999) == .wait && verdict(silentFor: 30_000) == .ping)
    #expect(verdict(silentFor: 30_000, isPinged: true) == .wait && verdict(silentFor: 39_999, isPinged: true) == .wait)
    #expect(verdict(silentFor: 40_000, isPinged: true) == .unresponsive)
  }

  @Test func `an expired token comes before everything else`() {
    #expect(verdict(silentFor: 0, expiresIn: 1) == .wait)
    #expect(verdict(silentFor: 0, expiresIn: 0) == .expired && verdict(silentFor: 90_000, isPinged: true, expiresIn: -1) == .expired)
  }

  @Test func `the next check is at the end of the silence, at the expiry or after a minute, whatever comes first`() {
    #expect(checkAfter(silentFor: 1000) == 29_000 && checkAfter(silentFor: 31_000, isPinged: true) == 9000)
    #expect(checkAfter(silentFor: 0, expiresIn: 12) == 12_000 && checkAfter(silentFor: 0, expiresIn: -12) == 0)
    #expect(checkAfter(silentFor: 0, every: 600_000) == Heartbeat.checkMilliseconds)
  }

  @Test func `a token that never expires never wakes the connection`() {
    let next = heartbeat.nextCheck(lastReceived: 0, isPinged: false, tokenExpiresAt: .max, now: 0, wallMilliseconds: Self.wall)
    #expect(next == 30_000)
  }
}
