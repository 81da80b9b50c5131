// Once a minute, removes what has outlived its use.
import Chat
import Posix

final class RetentionJob: Sendable {
  private let isStopping = Condition(false)
  private let thread: Thread

  init(chat: Chat) {
    let isStopping = isStopping
    // A journal that is kept only for seconds (as in tests) is swept as often.
    let pause = min(60, max(1, chat.settings.journalKeepSeconds)) * 1000
    thread = Thread(name: "sweeper") {
      while isStopping.wait(milliseconds: pause, { $0 ? true : nil }) == nil {
        do {
          try chat.sweep()
        } catch {
          Log.error("sweep: \(error)")
        }
      }
    }
  }

  func stop() {
    isStopping.update { $0 = true }
    thread.join()
  }
}
