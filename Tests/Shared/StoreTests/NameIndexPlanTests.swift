// The cost of a search by name does not grow with the number of users and rooms.
import Domain
import SQL
import Store
import TestSupport
import Testing
import TextSearch

@Suite struct NameIndexPlanTests {
  @Test func `no search scans a table`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    _ = try store.addRoom("Garden", .public, by: alice)
    let database = try Database(path: store.path, access: .reader)
    for text in [
      "a", "al", "ali", "alice", "alcie", "alexanderplatz", "東京", "東", "garden of alcie", "🦕", "_", "gardenning", "xy", "co-op", "c++",
      "ali-ce",
    ] {
      let first = try Users.search(SearchQuery(text), after: nil, limit: 1, database).first
      _ = try Users.search(
        SearchQuery(text), after: UserHitCursor(rank: first?.rank ?? 0, user: first?.user.rowID.value ?? 1), limit: 50, database)
      _ = try Rooms.search(SearchQuery(text), for: alice.rowID, after: nil, limit: 50, database)
      _ = try Rooms.search(SearchQuery(text), for: alice.rowID, after: RoomHitCursor(rank: 1, members: 1, room: 1), limit: 50, database)
    }
    _ = try Users.list(prefix: "", after: 1, limit: 50, database)
    _ = try Rooms.directory(for: alice.rowID, after: nil, limit: 50, database)
    let plans = try database.plans()
    #expect(plans.count > 15)
    #expect(plans.filter(isScan) == [])
  }

  @Test func `the check finds a statement that scans a table`() throws {
    let store = try TemporaryDatabase()
    let database = try Database(path: store.path, access: .reader)
    _ = try database.all("SELECT id FROM users WHERE display_name = 'x'") { $0.integer(0) }
    _ = try database.all("SELECT rowid FROM user_names WHERE terms = 'x'") { $0.integer(0) }
    #expect(try database.plans().filter(isScan).sorted() == ["SCAN user_names VIRTUAL TABLE INDEX 0:", "SCAN users"])
  }

  /// A full-text table that is asked for words says `M`; what is a subquery has its own lines.
  private func isScan(_ plan: String) -> Bool {
    plan.hasPrefix("SCAN") && !(plan.contains("VIRTUAL TABLE INDEX") && plan.contains(":M")) && !["SCAN n", "SCAN best"].contains(plan)
      && plan != "SCAN CONSTANT ROW"
  }
}
