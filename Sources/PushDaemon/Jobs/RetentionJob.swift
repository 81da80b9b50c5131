// Once a minute, removes what has outlived its use.
import Chat
import Posix

final class RetentionJob: Sendable {
  private let thread: BackgroundThread

  init(chat: Chat) {
    // A journal that is kept only for seconds (as in tests) is swept as often.
    let pause = min(60, max(1, chat.settings.journalKeepSeconds)) * 1000
    thread = BackgroundThread(name: "retention") { stop in
      while !stop.wait(milliseconds: pause) {
        do {
          try chat.sweep()
        } catch {
          Log.error("sweep: \(error)")
        }
      }
    }
  }

  func stop() {
    thread.stop()
  }
}
