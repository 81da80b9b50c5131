// Deletes expired data once a minute.
import Chat
import Configuration
import Posix

final class RetentionJob: Sendable {
  private let thread: BackgroundThread

  init(chat: Chat) {
    // More often if the journal is kept for less than a minute, as in tests.
    let pause = min(60, max(1, chat.settings.journalKeepSeconds)) * 1000
    thread = BackgroundThread(name: "retention") { stop in
      while !stop.wait(milliseconds: pause) {
        do {
          try chat.sweep()
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
