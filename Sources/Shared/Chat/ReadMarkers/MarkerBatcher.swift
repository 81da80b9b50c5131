// Batches read-marker updates: merges those that wait and writes them in one transaction.
import Domain
import Posix
import SQL
import Store

/// A thread that writes queued updates in rounds, started by the first update. Clients mark every message that they see, so updates come in
/// bursts: those of one session for one room that arrive during a round or the pause after it are merged into one.
final class MarkerBatcher: Sendable {
  /// From the start of one round to the start of the next. A receipt must reach all devices within 100 ms; this is less than half of it.
  static let pauseMilliseconds: Int64 = 40
  /// Updates per round: bounds how long a round holds the writer. If more are queued, the next round starts without a pause.
  static let roundMax = 128
  /// Queued completions; beyond it an update fails with `Overload`.
  static let queueMax = 8192

  typealias Completion = @Sendable (Result<[UInt8], any Error>) -> Void
  typealias Write = @Sendable ([Update]) throws -> [Result<[UInt8], ChatError>]

  /// One session's update of its markers in one room.
  struct Update: Sendable {
    let session: SessionRowID
    let room: PublicID
    var markers: ReadMarkersUpdate
    var completions: [Completion]
  }

  private struct Key: Hashable {
    let session: SessionRowID
    let room: PublicID
  }

  private struct Queue {
    /// In the order of arrival.
    var updates: [Update] = []
    /// Index in `updates` by session and room.
    var indices: [Key: Int] = [:]
    var completions = 0
    /// Nil until the first update.
    var thread: Thread?
    var isStopping = false
  }

  private let queue = Condition(Queue())
  private let write: Write

  /// `write` is called on the batcher's thread. It writes the updates and returns one result for each, in their order.
  init(write: @escaping Write) {
    self.write = write
  }

  /// Queues an update. `completion` is called on another thread and must not block.
  func submit(_ markers: ReadMarkersUpdate, in room: PublicID, session: SessionRowID, completion: @escaping Completion) {
    let error: (any Error)? = queue.update { queue in
      if queue.isStopping { return GroupCommit.Stopped() }
      if queue.completions >= Self.queueMax { return GroupCommit.Overload() }
      queue.completions += 1
      let key = Key(session: session, room: room)
      if let index = queue.indices[key] {
        queue.updates[index].markers.merge(markers)
        queue.updates[index].completions.append(completion)
      } else {
        queue.indices[key] = queue.updates.count
        queue.updates.append(Update(session: session, room: room, markers: markers, completions: [completion]))
      }
      if queue.thread == nil { queue.thread = start() }
      return nil
    }
    if let error { completion(.failure(error)) }
  }

  /// Writes what is queued, refuses later updates, and returns once the thread is done.
  func stop() {
    let thread = queue.update { queue in
      queue.isStopping = true
      return queue.thread
    }
    thread?.join()
  }

  /// Starts the thread. Called with the queue's lock held, which the thread waits for.
  private func start() -> Thread {
    let (queue, write) = (queue, write)
    return Thread(name: "markers") {
      while let round = Self.nextRound(queue) {
        let start = Clock.monotonicNanoseconds()
        Self.execute(round, write)
        let rest = Self.pauseMilliseconds - (Clock.monotonicNanoseconds() - start) / 1_000_000
        _ = queue.wait(milliseconds: max(0, rest)) { $0.isStopping || $0.updates.count >= Self.roundMax ? true : nil }
      }
    }
  }

  /// Waits for updates and removes the first of them; nil once the batcher is stopping and nothing is queued.
  private static func nextRound(_ queue: Condition<Queue>) -> [Update]? {
    queue.wait { queue -> [Update]?? in
      if queue.updates.isEmpty { return queue.isStopping ? .some(nil) : .none }
      let round = Array(queue.updates.prefix(roundMax))
      queue.updates.removeFirst(round.count)
      queue.indices = [:]
      for (index, update) in queue.updates.enumerated() { queue.indices[Key(session: update.session, room: update.room)] = index }
      queue.completions -= round.reduce(0) { $0 + $1.completions.count }
      return round
    }.flatMap { $0 }
  }

  private static func execute(_ round: [Update], _ write: Write) {
    do {
      for (update, result) in zip(round, try write(round)) {
        for completion in update.completions { completion(result.mapError { $0 }) }
      }
    } catch {
      for update in round { for completion in update.completions { completion(.failure(error)) } }
    }
  }
}
