// How long a mail waits before it is tried again, and when it is given up.
import Configuration
import Domain

struct RetryPauses {
  let firstMilliseconds: Int64
  let longestMilliseconds: Int64
  let giveUpMilliseconds: Int64
  /// A number from 0 to 1, another each time.
  let chance: () -> Double

  init(_ settings: MailSettings, chance: @escaping () -> Double = { Double.random(in: 0...1) }) {
    firstMilliseconds = settings.firstRetrySeconds * 1000
    longestMilliseconds = settings.longestRetrySeconds * 1000
    giveUpMilliseconds = settings.giveUpSeconds * 1000
    self.chance = chance
  }

  /// When to try again after the first try, the second, and so on: twice as long each time, up to the longest pause, less up to a quarter, so
  /// that what failed together does not come back together. Nil once the mail has been tried long enough; the last try is at the end of that
  /// time, or when its link stops working, which then says so.
  func next(after tries: Int64, _ mail: DueMail, at now: Timestamp) -> Timestamp? {
    let end = mail.triedSince.milliseconds + giveUpMilliseconds
    guard now.milliseconds < end else { return nil }
    let pause = min(firstMilliseconds << min(max(tries, 1) - 1, 20), longestMilliseconds)
    let shortened = pause - Int64(chance() * Double(pause / 4))
    return Timestamp(milliseconds: min(now.milliseconds + shortened, end, mail.validUntil?.milliseconds ?? .max))
  }
}
