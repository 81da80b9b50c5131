// Following the journal with a saved position.
import Chat
import Configuration
import Domain
import Posix
import TestSupport
import Testing

@Suite struct JournalFollowerTests {
  private struct Crash: Error {}

  /// What a follower handled.
  private final class Log {
    var batches: [[Int64]] = []
    var positions: [Int64] { batches.flatMap { $0 } }
  }

  /// A position that a test sets and whose saving it can make fail.
  private final class MemoryPosition: FollowerPosition {
    var position: Int64?
    var crashes = false

    init(_ position: Int64?) { self.position = position }

    func load() -> Int64? { position }
    func save(_ position: Int64) throws {
      if crashes { throw Crash() }
      self.position = position
    }
  }

  private func follower(_ fixture: ChatFixture, name: String = "mail", batchMax: Int = 3, _ log: Log) -> JournalFollower {
    JournalFollower(fixture.chat, name: name, batchMax: batchMax) { events in log.batches.append(events.map(\.position)) }
  }

  @Test func `a follower starts at the newest event and gets every later one once, in order, in batches`() throws {
    let (fixture, log) = (try ChatFixture(), Log())
    let lobby = try fixture.lobby(fixture.bob)
    let mail = follower(fixture, log)
    let start = try fixture.chat.lastPosition()
    #expect(try mail.next() == .upToDate && log.batches.isEmpty)
    for number in 1...7 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    #expect(try [mail.next(), mail.next(), mail.next(), mail.next()] == [.behind, .behind, .upToDate, .upToDate])
    #expect(log.batches.map(\.count) == [3, 3, 1])
    #expect(log.positions == Array(start + 1...start + 7))
  }

  @Test func `a follower continues where one of its name stopped, and each name has its own position`() throws {
    let (fixture, log, other) = (try ChatFixture(), Log(), Log())
    let lobby = try fixture.lobby()
    _ = try follower(fixture, log).next()
    _ = try follower(fixture, name: "webhooks", other).next()
    for number in 1...4 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    #expect(try follower(fixture, log).next() == .behind)
    #expect(try follower(fixture, log).next() == .upToDate)
    #expect(log.positions.count == 4 && Set(log.positions).count == 4)
    #expect(try follower(fixture, name: "webhooks", other).next() == .behind && other.positions == Array(log.positions.prefix(3)))
  }

  @Test func `a batch whose handling failed, or whose position was not saved, comes again`() throws {
    let (fixture, log) = (try ChatFixture(), Log())
    let lobby = try fixture.lobby()
    let position = MemoryPosition(try fixture.chat.lastPosition())
    for number in 1...2 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }

    let failing = JournalFollower(fixture.chat, position: position) { _ in throw Crash() }
    #expect(throws: Crash.self) { try failing.next() }
    let mail = JournalFollower(fixture.chat, position: position) { events in log.batches.append(events.map(\.position)) }
    position.crashes = true
    #expect(throws: Crash.self) { try mail.next() }
    position.crashes = false
    #expect(try mail.next() == .upToDate)
    #expect(log.batches.count == 2 && log.batches[0] == log.batches[1] && log.batches[0].count == 2)
    #expect(try mail.next() == .upToDate && log.batches.count == 2)
  }

  @Test func `a follower behind the retention floor, or of another history, is lost and handles nothing until it skips`() throws {
    let clock = ManualClock()
    let (fixture, log) = (try ChatFixture(clock: clock) { $0.journalKeepSeconds = 60 }, Log())
    let lobby = try fixture.lobby()
    let mail = follower(fixture, log)
    _ = try mail.next()
    try fixture.post("pruned", in: lobby, by: fixture.alice)
    clock.advance(seconds: 61)
    try fixture.chat.sweep()
    try fixture.post("kept", in: lobby, by: fixture.alice)
    #expect(try mail.next() == .lost && log.batches.isEmpty)
    let ahead = JournalFollower(fixture.chat, position: MemoryPosition(1_000_000)) { _ in Issue.record("handled") }
    #expect(try ahead.next() == .lost)

    try mail.skipToNewest()
    try fixture.post("next", in: lobby, by: fixture.alice)
    #expect(try mail.next() == .upToDate && log.positions == [try fixture.chat.lastPosition()])
  }
}
