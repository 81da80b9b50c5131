// The pauses between the tries of a mail, and their end.
import Configuration
import Domain
import TestSupport
import Testing

@testable import Outbound

@Suite struct RetryPausesTests {
  private let start = Timestamp(milliseconds: 1_000_000_000)

  private func mail(validSeconds: Int64? = nil) -> DueMail {
    DueMail(
      id: 1, kind: .test, recipient: "a@b", fields: [:], messageID: "", createdAt: start,
      validUntil: validSeconds.map { start + .seconds($0) },
      triedSince: start, attempts: 0, unanswered: 0)
  }

  @Test func `a pause is a minute, then twice as long each time, up to a day, and after four days it ends`() {
    let (pauses, clock) = (RetryPauses(MailSettings()) { 0 }, ManualClock())
    let begin = clock.now
    let mail = DueMail(
      id: 1, kind: .test, recipient: "a@b", fields: [:], messageID: "", createdAt: begin, validUntil: nil, triedSince: begin, attempts: 0,
      unanswered: 0)
    var minutes: [Int64] = []
    var tries: Int64 = 1
    while let next = pauses.next(after: tries, mail, at: clock.now) {
      let milliseconds = next.milliseconds - clock.now.milliseconds
      minutes.append(milliseconds / 60_000)
      clock.advance(milliseconds: milliseconds)
      tries += 1
    }
    #expect(minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440, 833])
    #expect(clock.now.milliseconds - begin.milliseconds == 4 * 86_400_000)
  }

  @Test func `chance shortens a pause by up to a quarter`() {
    for (chance, milliseconds) in [(0.0, 60_000), (0.5, 52_500), (1.0, 45_000)] as [(Double, Int64)] {
      let next = RetryPauses(MailSettings()) { chance }.next(after: 1, mail(), at: start)
      #expect(next == Timestamp(milliseconds: start.milliseconds + milliseconds))
    }
    #expect(RetryPauses(MailSettings()) { 0 }.next(after: .max, mail(), at: start) == start + .seconds(86_400))
  }

  @Test func `the last try is when the time is over, or the link`() {
    var settings = MailSettings()
    (settings.firstRetrySeconds, settings.longestRetrySeconds, settings.giveUpSeconds) = (60, 60, 100)
    let pauses = RetryPauses(settings) { 0 }
    #expect(pauses.next(after: 9, mail(), at: start + .seconds(99)) == start + .seconds(100))
    #expect(pauses.next(after: 9, mail(), at: start + .seconds(100)) == nil)
    #expect(pauses.next(after: 1, mail(validSeconds: 30), at: start) == start + .seconds(30))
  }
}
