// All messages in the order of their positions.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct BackfillScanTests {
  @Test func `all messages come in the order in which they were written, after any position`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try (1...7).map { try store.addRoom("room\($0)", by: alice) }
    var random = SplitMix(seed: 5)
    for _ in 0..<200 { _ = try MessagesTests.post(store, random.pick(rooms), by: alice) }
    let all = try store.read { database in
      try database.all("SELECT position FROM messages ORDER BY position") { $0.integer(0) }
    }
    for (first, bytesMax) in [(0, 1), (all[0], 1000), (all[77], .max), (all[198], .max)] {
      let found = try store.read { database in
        var history = try BackfillScan(after: first, through: all[190], database)
        var found: [Int64] = []
        while true {
          let some = try history.next(limit: 7, bytesMax: bytesMax, database)
          if some.isEmpty { return found }
          found += some.map(\.position)
        }
      }
      #expect(found == all.filter { $0 > first && $0 <= all[190] })
    }
  }
}
