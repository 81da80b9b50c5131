// Where marks wait for their commit.
import Domain
import Posix
import SQL
import Store

/// A thread that writes the marks that have come in, a round at a time. Readers mark every message that they see, so marks come in
/// bursts: what a member's device says of a room while a round is under way, or in the pause after it, is merged into one wish.
final class MarkerBatcher: Sendable {
  /// From the beginning of a round to the next. A receipt must be on all devices within 100 ms: this is less than half of it.
  static let pauseMilliseconds: Int64 = 40
  /// Wishes written in one round: bounds how long it holds the writer. If more wait, there is no pause.
  static let roundMax = 128
  /// Marks that may wait; beyond it the answer is that too much is to be done.
  static let waitingMax = 8192

  typealias Completion = @Sendable (Result<[UInt8], any Error>) -> Void

  /// What one device says of one room.
  struct Wish: Sendable {
    let session: SessionRowID
    let room: PublicID
    var marks: ReadMarkersUpdate
    var completions: [Completion]
  }

  private struct Key: Hashable {
    let session: SessionRowID
    let room: PublicID
  }

  private struct Desk {
    /// In the order in which they came.
    var wishes: [Wish] = []
    /// Where in `wishes` a device's wish for a room lies.
    var places: [Key: Int] = [:]
    var waiting = 0
    var isStopping = false
    var hasStopped = false
  }

  private let desk: Condition<Desk>
  private let thread: Thread

  /// `write` is called on the desk's thread, carries wishes out and answers each, in their order.
  init(write: @escaping @Sendable ([Wish]) throws -> [Result<[UInt8], ChatError>]) {
    let desk = Condition(Desk())
    self.desk = desk
    thread = Thread(name: "marks") {
      while let round = Self.next(desk) {
        let start = Clock.monotonicNanoseconds()
        Self.carryOut(round, write)
        let rest = Self.pauseMilliseconds - (Clock.monotonicNanoseconds() - start) / 1_000_000
        _ = desk.wait(milliseconds: max(0, rest)) { $0.isStopping || $0.wishes.count >= Self.roundMax ? true : nil }
      }
      desk.update { $0.hasStopped = true }
    }
  }

  func submit(_ marks: ReadMarkersUpdate, in room: PublicID, session: SessionRowID, completion: @escaping Completion) {
    let refusal: (any Error)? = desk.update { desk in
      if desk.isStopping { return GroupCommit.Stopped() }
      if desk.waiting >= Self.waitingMax { return GroupCommit.Overload() }
      desk.waiting += 1
      let key = Key(session: session, room: room)
      if let place = desk.places[key] {
        desk.wishes[place].marks.merge(marks)
        desk.wishes[place].completions.append(completion)
      } else {
        desk.places[key] = desk.wishes.count
        desk.wishes.append(Wish(session: session, room: room, marks: marks, completions: [completion]))
      }
      return nil
    }
    if let refusal { completion(.failure(refusal)) }
  }

  /// Writes what waits, refuses what comes after, and returns when the thread is at rest.
  func stop() {
    desk.update { $0.isStopping = true }
    _ = desk.wait { $0.hasStopped ? true : nil }
  }

  private static func next(_ desk: Condition<Desk>) -> [Wish]? {
    desk.wait { desk -> [Wish]?? in
      if desk.wishes.isEmpty { return desk.isStopping ? .some(nil) : .none }
      let round = Array(desk.wishes.prefix(roundMax))
      desk.wishes.removeFirst(round.count)
      desk.places = [:]
      for (place, wish) in desk.wishes.enumerated() { desk.places[Key(session: wish.session, room: wish.room)] = place }
      desk.waiting -= round.reduce(0) { $0 + $1.completions.count }
      return round
    }.flatMap { $0 }
  }

  private static func carryOut(_ round: [Wish], _ write: ([Wish]) throws -> [Result<[UInt8], ChatError>]) {
    do {
      for (wish, answer) in zip(round, try write(round)) {
        for completion in wish.completions { completion(answer.mapError { $0 }) }
      }
    } catch {
      for wish in round { for completion in wish.completions { completion(.failure(error)) } }
    }
  }
}
