// A bounded queue of work that may block, and the threads that run it.

/// Runs work items on threads of its own, oldest first, so that the submitting thread never blocks. Items that are queued when the pool is
/// released still run.
public final class BlockingThreadPool: Sendable {
  public typealias WorkItem = @Sendable () -> Void

  private struct Queue {
    var items: [WorkItem] = []
    var isStopping = false
  }

  private let queue = Condition(Queue())
  private let queueMax: Int

  /// Starts `threads` threads, called `name-0`, `name-1`, …. `queueMax`: the items that may wait.
  public init(name: String, threads: Int, queueMax: Int) {
    self.queueMax = queueMax
    let queue = queue
    for number in 0..<threads {
      _ = Thread(name: "\(name)-\(number)") {
        while let items = Self.next(queue, threads: threads) {
          for item in items { item() }
        }
      }
    }
  }

  deinit {
    queue.update { $0.isStopping = true }
  }

  /// Queues the item; false if the queue is full.
  public func submit(_ item: @escaping WorkItem) -> Bool {
    queue.update { queue in
      guard queue.items.count < queueMax else { return false }
      queue.items.append(item)
      return true
    }
  }

  /// Waits for items; nil once the pool is released and its queue is empty. Takes a share of the queue at a time: one lock for many items,
  /// and something left for the other threads.
  private static func next(_ queue: Condition<Queue>, threads: Int) -> [WorkItem]? {
    queue.wait { queue -> [WorkItem]?? in
      guard !queue.items.isEmpty else { return queue.isStopping ? .some(nil) : .none }
      let share = max(1, queue.items.count / (2 * threads))
      let items = Array(queue.items.prefix(share))
      queue.items.removeFirst(share)
      // Returns the memory of a long queue.
      if queue.items.isEmpty { queue.items = [] }
      return items
    }.flatMap { $0 }
  }
}
