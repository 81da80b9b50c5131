// Deletes expired data once a minute, erases deleted words as often as the settings say, makes thumbnails that are missing, and at first sees
// that every room has an owner.
import Chat
import Configuration
import Posix

final class RetentionJob: Sendable {
  private let thread: BackgroundThread

  init(chat: Chat, metrics: DaemonMetrics) {
    // More often if the journal or deleted words are kept for less than a minute, as in tests.
    let erasePeriod = chat.settings.erasePeriodMilliseconds
    let pause = min(60_000, max(1, chat.settings.journalKeepSeconds) * 1000, erasePeriod)
    thread = BackgroundThread(name: "retention") { stop in
      do {
        try chat.appointMissingOwners()
      } catch {
        Log.error("cannot see to rooms without an owner: \(error)")
      }
      var eraseAt = Clock.bootMilliseconds()
      while !stop.wait(milliseconds: pause) {
        do {
          try chat.sweep()
          if Clock.bootMilliseconds() >= eraseAt {
            try chat.eraseRemovedNames()
            eraseAt = Clock.bootMilliseconds() + erasePeriod
          }
          metrics.retention.set(Int(Clock.wallMilliseconds() / 1000))
          try chat.makeLateThumbnails { stop.wait(milliseconds: 0) }
        } catch {
          Log.error("cannot delete expired data: \(error)")
        }
      }
    }
  }

  func stop() {
    thread.stop()
  }
}
