// Threads that may wait: for the database, so that the loops need not.
import Posix

/// A bounded queue of threadPool and a few threads that run them, oldest first.
final class BlockingThreadPool: Sendable {
  typealias WorkItem = @Sendable () -> Void

  /// More people at the door than this are told to come back later.
  static let queueMax = 20_000

  private let queue = Condition<[WorkItem]>([])

  init(threads: Int) {
    let queue = queue
    for number in 0..<threads {
      _ = Thread(name: "threadPool-\(number)") {
        while let threadPool = queue.wait({ queue -> [WorkItem]? in
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
          for errand in threadPool { errand() }
        }
      }
    }
  }

  /// False if the queue is full.
  func submit(_ errand: @escaping WorkItem) -> Bool {
    queue.update { queue in
      guard queue.count < Self.queueMax else { return false }
      queue.append(errand)
      return true
    }
  }
}
