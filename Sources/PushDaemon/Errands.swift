// Threads that may wait: for the database, so that the loops need not.
import Posix

/// A bounded queue of errands and a few threads that run them, oldest first.
final class Errands: Sendable {
  typealias Errand = @Sendable () -> Void

  /// More people at the door than this are told to come back later.
  static let queueMax = 20_000

  private let queue = Condition<[Errand]>([])

  init(threads: Int) {
    let queue = queue
    for number in 0..<threads {
      _ = Thread(name: "errands-\(number)") {
        while let errands = queue.wait({ queue -> [Errand]? in
          guard !queue.isEmpty else { return nil }
          // A share of the queue at a time: one lock for many, and something left for the others.
          let share = max(1, queue.count / (2 * threads))
          defer {
            queue.removeFirst(share)
            // A crowd's memory goes with the crowd.
            if queue.isEmpty { queue = [] }
          }
          return Array(queue.prefix(share))
        }) {
          for errand in errands { errand() }
        }
      }
    }
  }

  /// False if the queue is full.
  func submit(_ errand: @escaping Errand) -> Bool {
    queue.update { queue in
      guard queue.count < Self.queueMax else { return false }
      queue.append(errand)
      return true
    }
  }
}
