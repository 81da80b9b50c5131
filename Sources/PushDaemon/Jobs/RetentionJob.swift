// Deletes expired data once a minute and messages that were kept long enough each hour, erases deleted words as often as the settings say,
// makes thumbnails that are missing, and at first sees that every room has an owner.
import Chat
import Configuration
import Posix

final class RetentionJob: Sendable {
  /// How long it removes messages before it sees to the rest again.
  private static let sliceMilliseconds: Int64 = 30_000

  private let thread: BackgroundThread

  init(chat: Chat) {
    let erasePeriod = chat.settings.erasePeriodMilliseconds
    // More often if the journal, messages or deleted words are kept for less than a minute, as in tests.
    let pause = min(60_000, max(1, chat.settings.journalKeepSeconds) * 1000, erasePeriod, chat.retentionPeriodMilliseconds)
    thread = BackgroundThread(name: "retention") { stop in
      Self.attempt("see to rooms without an owner") { try chat.appointMissingOwners() }
      var (eraseAt, expireAt) = (Clock.bootMilliseconds(), Clock.bootMilliseconds())
      while !stop.wait(milliseconds: pause) {
        // Each by itself: what fails does not keep the others from making room on the disk.
        Self.attempt("delete expired data") { try chat.sweep() }
        if Clock.bootMilliseconds() >= expireAt {
          Self.attempt("remove messages that were kept long enough") {
            let end = Clock.bootMilliseconds() + Self.sliceMilliseconds
            guard try chat.expireMessages(until: { stop.wait(milliseconds: 0) || Clock.bootMilliseconds() >= end }) else { return }
            expireAt = Clock.bootMilliseconds() + chat.retentionPeriodMilliseconds
          }
        }
        if Clock.bootMilliseconds() >= eraseAt {
          Self.attempt("erase removed names") {
            try chat.eraseRemovedNames()
            eraseAt = Clock.bootMilliseconds() + erasePeriod
          }
        }
        Self.attempt("make thumbnails") { try chat.makeLateThumbnails { stop.wait(milliseconds: 0) } }
      }
    }
  }

  func stop() {
    thread.stop()
  }

  private static func attempt(_ what: String, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      Log.error("cannot \(what): \(error)")
    }
  }
}
