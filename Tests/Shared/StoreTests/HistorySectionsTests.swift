// The jump to another history, and the tags that are in force.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct HistorySectionsTests {
  private let store: TemporaryDatabase

  init() throws { store = try TemporaryDatabase() }

  @discardableResult
  private func append(_ count: Int, at time: Int64 = 0) throws -> Int64 {
    try store.write { transaction in
      for _ in 0..<count {
        try Journal.append(.userUpdated, by: .server, data: Array("{}".utf8), at: Timestamp(milliseconds: time), transaction)
      }
      return try Journal.lastPosition(transaction.database)
    }
  }

  private func jump(beyond position: Int64) throws {
    try store.write { try HistorySections.beginAnother(epoch: "second", beyond: position, $0) }
  }

  @Test func `another history has another name, and positions beyond all that were given`() throws {
    let last = try append(7)
    try jump(beyond: 20)
    #expect(try store.read(Meta.epoch) == "second")
    #expect(try store.read(Meta.journalFloor) == 20 + HistorySections.jump)
    #expect(try store.read(Journal.lastPosition) == 20 + HistorySections.jump)
    #expect(try append(1) == 21 + HistorySections.jump)
    #expect(last == 7)
  }

  @Test func `an empty database jumps, too`() throws {
    try jump(beyond: 0)
    #expect(try append(1) == HistorySections.jump + 1)
  }

  @Test func `pruning the events of the earlier history leaves the floor where it is`() throws {
    try append(7)
    try jump(beyond: 0)
    let floor = try store.read(Meta.journalFloor)
    #expect(try store.write { try Journal.prune(before: Timestamp(milliseconds: 1), limit: 5, $0) })
    #expect(try store.read(Meta.journalFloor) == floor)
  }

  @Test func `a tag is in force from the next event on; sections go with the events that they are of, but not the one in force`() throws {
    try store.write { try HistorySections.begin(tag: 1, $0) }
    try append(3, at: 1)
    try store.write { try HistorySections.begin(tag: 2, $0) }
    try append(3, at: 1)
    try store.write { try HistorySections.begin(tag: 3, $0) }
    try append(1, at: 9)
    let sections = [History.Section(start: 1, tag: 1), History.Section(start: 4, tag: 2), History.Section(start: 7, tag: 3)]
    #expect(try store.read(HistorySections.all).sections == sections)
    #expect(try store.write { try Journal.prune(before: Timestamp(milliseconds: 2), limit: 5, $0) })
    #expect(try store.read(Meta.journalFloor) == 5)
    #expect(try store.read(HistorySections.all).sections == Array(sections.dropFirst()))
  }
}
