// A planted data race, with which a test under ThreadSanitizer shows that it would notice one.
#if DEBUG
  import Posix

  /// `ECHOCHAT_FAULT=data-race`.
  enum DataRaceFault {
    nonisolated(unsafe) private static var count = 0

    /// Two threads count at the same time, without a lock.
    static func run() {
      let threads = (0..<2).map { number in
        Thread(name: "data-race-\(number)") {
          for _ in 0..<1000 { count += 1 }
        }
      }
      threads.forEach { $0.join() }
    }
  }
#endif
