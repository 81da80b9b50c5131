// The one writer: waiting operations are committed together, and acknowledged once they are on disk.
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct GroupCommitTests {
  struct Oops: Error, Equatable {}

  /// Holds the writer's thread inside an operation, so that what is submitted meanwhile gathers.
  final class Plug: Sendable {
    private let state = Condition((isIn: false, isPulled: false))

    init(_ writer: GroupCommit) {
      let state = state
      writer.submit { _ in
        state.update { $0.isIn = true }
        _ = state.wait { $0.isPulled ? true : nil }
      } completion: { _ in
      }
      _ = state.wait { $0.isIn ? true : nil }
    }

    func pull() { state.update { $0.isPulled = true } }
  }

  private static func insert(_ number: Int, _ transaction: Transaction) throws {
    try transaction.database.run("INSERT INTO meta (name, value) VALUES (?, 'x')", .text("n\(number)"))
  }

  private static func numbers(_ database: Database) throws -> [String] {
    try database.all("SELECT name FROM meta WHERE value = 'x' ORDER BY length(name), name") { $0.text(0) }
  }

  @Test func `the time of a transaction is that at which it got the write lock`() throws {
    let store = try TemporaryDatabase()
    let other = try Database(path: store.path, access: .writer)
    let (isReleased, readings) = (Lock(false), Condition(0))
    let writer = try GroupCommit(
      path: store.path,
      clock: { _ in
        readings.update { $0 += 1 }
        return Timestamp(milliseconds: isReleased.withLock { $0 } ? 2 : 1)
      }
    ) { _ in }
    defer { writer.stop() }
    try other.run("BEGIN IMMEDIATE")
    let time = Condition<Int64?>(nil)
    writer.submit {
      $0.now.milliseconds
    } completion: { result in
      time.update { $0 = try? result.get() }
    }
    // A clock that is read before the lock is held is read by now.
    _ = readings.wait(milliseconds: 200) { $0 > 0 ? true : nil }
    isReleased.withLock { $0 = true }
    try other.run("ROLLBACK")
    #expect(time.wait { $0 } == 2)
  }

  @Test func `an acknowledged operation can be read by everyone at that moment`() throws {
    let store = try TemporaryDatabase()
    #expect(try unreadableAcknowledgements(store) == 0)
  }

  @Test func `commits and their operations are counted`() throws {
    let metrics = Metrics()
    let store = try TemporaryDatabase()
    let writer = try GroupCommit(path: store.path, metrics: CommitMetrics(metrics)) { _ in }
    for number in 0..<3 { try writer.perform { try Self.insert(number, $0) } }
    #expect(throws: Oops.self) { try writer.perform { _ in throw Oops() } }
    writer.stop()
    let lines = MetricFamily.text(metrics.read()).split(separator: "\n")
    for name in ["commits_total", "commit_operations_total", "commit_seconds_count"] {
      #expect(lines.contains("echochat_\(name){program=\"test\"} 4"))
    }
    for name in ["commit_failures_total", "messages_total"] { #expect(lines.contains("echochat_\(name){program=\"test\"} 0")) }
  }

  @Test func `the same query detects a writer that acknowledges too early`() throws {
    let store = try TemporaryDatabase(acknowledgesBeforeCommit: true)
    #expect(try unreadableAcknowledgements(store) == 5)
  }

  /// Asks a second connection, within each acknowledgement, whether the row is there.
  private func unreadableAcknowledgements(_ store: TemporaryDatabase) throws -> Int {
    let other = try Database(path: store.path, access: .reader)
    let counts = Condition((done: 0, unreadable: 0))
    for number in 0..<5 {
      store.writer.submit {
        try Self.insert(number, $0)
      } completion: { _ in
        let found = try? other.first("SELECT 1 FROM meta WHERE name = ?", .text("n\(number)")) { _ in true }
        counts.update {
          $0.done += 1
          if found.flatMap({ $0 }) == nil { $0.unreadable += 1 }
        }
      }
    }
    _ = counts.wait { $0.done == 5 ? true : nil }
    return counts.update { $0.unreadable }
  }

  @Test func `an operation that fails is rolled back alone, and the others of its group stay`() throws {
    let store = try TemporaryDatabase()
    let plug = Plug(store.writer)
    let outcomes = Condition<[String]>([])
    for number in 0..<50 {
      store.writer.submit { transaction in
        try Self.insert(number, transaction)
        if number % 3 == 1 {
          try Self.insert(number + 1000, transaction)
          throw Oops()
        }
        if number % 7 == 2 { try Self.insert(number, transaction) }
      } completion: { result in
        let outcome =
          switch result {
          case .success: "kept"
          case .failure(let error): error is Oops ? "oops" : (error as? StoreError)?.isUniqueViolation == true ? "unique" : "\(error)"
          }
        outcomes.update { $0.append("\(number) \(outcome)") }
      }
    }
    plug.pull()
    _ = outcomes.wait { $0.count == 50 ? true : nil }
    let expected = (0..<50).map { "\($0) " + ($0 % 3 == 1 ? "oops" : $0 % 7 == 2 ? "unique" : "kept") }
    #expect(outcomes.update { $0 } == expected, "each got its own answer, in the order of submission")
    let kept = (0..<50).filter { $0 % 3 != 1 && $0 % 7 != 2 }.map { "n\($0)" }
    #expect(try store.read(Self.numbers) == kept)
  }

  @Test func `operations submitted together are committed together, and each has its own result`() throws {
    let calls = Condition<[[Int64]]>([])
    let store = try TemporaryDatabase { entries in calls.update { $0.append(entries.map(\.position)) } }
    let outcomes = Condition<[String]?>(nil)
    let operations = (0..<GroupCommit.groupMax).map { number -> GroupCommit.Operation<Int> in
      { transaction in
        try Journal.append(.userUpdated, by: .server, data: [], at: Timestamp(milliseconds: 0), transaction)
        if number == 7 { throw Oops() }
        return number
      }
    }
    store.writer.submit(operations) { results in
      outcomes.update { $0 = results.map { result in (try? result.get()).map { "\($0)" } ?? "refused" } }
    }
    let received = outcomes.wait { $0 }
    #expect(received == (0..<GroupCommit.groupMax).map { $0 == 7 ? "refused" : "\($0)" })
    let stored = try store.read { try Journal.batch(after: 0, limit: 1000, $0).entries.map(\.position) }
    #expect(stored.count == GroupCommit.groupMax - 1)
    store.writer.stop()
    #expect(calls.update { $0 } == [stored], "the events once, without those rolled back")
  }

  @Test func `an operation that has changed nothing may fail as well`() throws {
    let store = try TemporaryDatabase()
    #expect(throws: Oops.self) { try store.write { _ in throw Oops() } }
    #expect(throws: StoreError.self) { try store.write { try $0.database.run("SELECT nothing FROM nowhere") } }
    try store.write { try Self.insert(1, $0) }
    #expect(try store.read(Self.numbers) == ["n1"])
  }

  @Test func `waiting operations are committed as one group, at most 256 at a time, in the order of submission`() throws {
    let calls = Condition(0)
    let store = try TemporaryDatabase { entries in if !entries.isEmpty { calls.update { $0 += 1 } } }
    let plug = Plug(store.writer)
    let finished = Condition<[Int]>([])
    let count = 2 * GroupCommit.groupMax + 10
    for number in 0..<count {
      store.writer.submit { transaction -> Int in
        Int(try Journal.append(.userUpdated, by: .server, data: Array("\(number)".utf8), at: Timestamp(milliseconds: 0), transaction))
      } completion: { result in
        finished.update { $0.append((try? result.get()) ?? -1) }
      }
    }
    plug.pull()
    _ = finished.wait { $0.count == count ? true : nil }
    #expect(finished.update { $0 } == Array(1...count))
    store.writer.stop()
    #expect(calls.update { $0 } == 3, "two full groups and the rest: one call each")
  }

  @Test func `the commit hook receives events only if there are any`() throws {
    let calls = Condition(0)
    let store = try TemporaryDatabase { entries in if !entries.isEmpty { calls.update { $0 += 1 } } }
    try store.write { try Self.insert(1, $0) }
    #expect(throws: Oops.self) { try store.write { _ in throw Oops() } }
    #expect(calls.update { $0 } == 0)
    try store.write { _ = try Journal.append(.userUpdated, by: .server, data: [], at: Timestamp(milliseconds: 0), $0) }
    #expect(calls.wait(milliseconds: 10_000) { $0 == 1 ? true : nil } == true)
  }

  @Test func `a full queue refuses at once, and the waiting operations are committed`() throws {
    let store = try TemporaryDatabase()
    let plug = Plug(store.writer)
    let counts = Condition((done: 0, refused: 0))
    for _ in 0..<GroupCommit.queueMax + 25 {
      store.writer.submit { _ in
      } completion: { result in
        counts.update { counts in
          counts.done += 1
          if case .failure(let error) = result, error is GroupCommit.Overload { counts.refused += 1 }
        }
      }
    }
    #expect(counts.update { $0 } == (done: 25, refused: 25))
    plug.pull()
    #expect(counts.wait(milliseconds: 60_000) { $0.done == GroupCommit.queueMax + 25 ? true : nil } == true)
    #expect(counts.update { $0.refused } == 25)
  }

  @Test func `stopping commits queued operations and refuses later ones`() throws {
    let store = try TemporaryDatabase()
    let plug = Plug(store.writer)
    let kept = Condition(0)
    for number in 0..<300 {
      store.writer.submit {
        try Self.insert(number, $0)
      } completion: { result in
        if case .success = result { kept.update { $0 += 1 } }
      }
    }
    let writer = store.writer
    let stopper = Thread(name: "stopper") { writer.stop() }
    plug.pull()
    stopper.join()
    #expect(kept.update { $0 } == 300)
    #expect(try store.read(Self.numbers).count == 300)
    #expect(throws: GroupCommit.Stopped.self) { try store.write { try Self.insert(999, $0) } }
    writer.stop()
    #expect(try store.read(Self.numbers).count == 300)
  }

  @Test func `eight threads and a second program store all their changes`() throws {
    let store = try TemporaryDatabase()
    let other = try GroupCommit(path: store.path) { _ in }
    let failures = Threads.run(8) { thread -> Int in
      let writer = thread % 2 == 0 ? store.writer : other
      return (0..<50).reduce(0) { failed, round in
        failed + ((try? writer.perform { try Self.insert(thread * 1000 + round, $0) }) == nil ? 1 : 0)
      }
    }
    other.stop()
    #expect(failures == [Int](repeating: 0, count: 8))
    #expect(try store.read(Self.numbers).count == 400)
  }
}
