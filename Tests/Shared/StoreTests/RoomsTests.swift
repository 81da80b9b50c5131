// Lists of rooms.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct RoomsTests {
  @Test func `a user's rooms come with the latest activity first, page by page, each once`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    var random = SplitMix(seed: 5)
    var expected: [(Int64, String)] = []
    for number in 0..<17 {
      let room = try store.addRoom("room\(number)", by: alice)
      _ = try store.write { try Memberships.insert(room, bob.rowID, role: .member, at: Timestamp(milliseconds: 0), $0) }
      if number % 4 == 3 { continue }
      _ = try store.write { try Memberships.insert(room, alice.rowID, role: .owner, at: Timestamp(milliseconds: 0), $0) }
      // SmallVector different times, so that many rooms share one.
      let time = random.int64(1...4)
      try store.write { try TemporaryDatabase.post(to: room, by: alice, at: time, $0) }
      expected.append((time * 1000 + room.value, "room\(number)"))
    }
    for limit in [1, 2, 5, 50] {
      var seen: [String] = []
      var cursor: RoomActivityCursor?
      while true {
        let after = cursor
        let page = try store.read { try Rooms.list(of: alice.rowID, after: after, limit: limit, $0) }
        guard let last = page.last else { break }
        #expect(page.count <= limit && page.allSatisfy { $0.membership?.role == .owner })
        seen += page.map(\.room.id.text)
        cursor = RoomActivityCursor(lastActivity: last.lastActivity.milliseconds, room: last.room.rowID.value)
      }
      #expect(seen == expected.sorted { $0.0 > $1.0 }.map(\.1))
    }
  }

  @Test func `activity never moves back though the clock does`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    for time in [500, 100] as [Int64] { try store.write { try TemporaryDatabase.post(to: room, by: alice, at: time, $0) } }
    #expect(
      try store.read { try Rooms.view(PublicID(trusted: "room"), for: alice.rowID, $0) }?.lastActivity == Timestamp(milliseconds: 500))
  }

  @Test func `the directory lists public rooms only, the largest first`() throws {
    let store = try TemporaryDatabase()
    let users = try (0..<4).map { try store.addUser("user\($0)") }
    for (index, name) in ["Garden", "Gardening", "Kitchen", "Cellar"].enumerated() {
      let room = try store.addRoom(name, name == "Cellar" ? .group : .public, by: users[0])
      for user in users.prefix(index + 1) {
        _ = try store.write { try Memberships.insert(room, user.rowID, role: .member, at: Timestamp(milliseconds: 0), $0) }
      }
    }
    func names(after cursor: RoomDirectoryCursor? = nil, limit: Int = 10) throws -> [String] {
      try store.read { try Rooms.directory(for: users[0].rowID, after: cursor, limit: limit, $0) }.compactMap(\.room.name)
    }
    #expect(try names() == ["Kitchen", "Gardening", "Garden"])
    #expect(try names(limit: 1) == ["Kitchen"])
    #expect(try names(after: RoomDirectoryCursor(members: 3, room: 3), limit: 1) == ["Gardening"])
  }

  @Test func `a pair has one direct room, in whatever order it is asked for`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    func insert(_ id: String) throws -> RoomRowID {
      try store.write { transaction in
        try Rooms.insert(
          id: PublicID(trusted: id), kind: .direct, name: nil, topic: "", createdBy: alice.rowID, direct: (alice.rowID, bob.rowID),
          at: Timestamp(milliseconds: 0), transaction)
      }
    }
    let room = try insert("d1")
    #expect(try store.read { try Rooms.findDirect(low: alice.rowID, high: bob.rowID, $0) } == room)
    let error = #expect(throws: StoreError.self) { try insert("d2") }
    #expect(error?.isUniqueViolation == true)
    #expect(try store.read { try Rooms.view(PublicID(trusted: "d1"), for: alice.rowID, $0) }?.other == bob)
    #expect(try store.read { try Rooms.view(PublicID(trusted: "d1"), for: bob.rowID, $0) }?.other == alice)
  }

  /// The longest that the domain allows, of characters that are built of several scalars each.
  @Test(arguments: ["👩‍👩‍👧‍👦", "e\u{301}\u{302}\u{303}\u{304}\u{305}", "x"])
  func `every name and topic that the domain allows can be stored`(character: String) throws {
    let store = try TemporaryDatabase()
    func longest(_ count: Int, _ bytesMax: Int) -> String {
      String(repeating: character, count: min(count, bytesMax / character.utf8.count))
    }
    let name = try RoomName(longest(80, 80 * 16)).text
    let topic = try RoomTopic(longest(250, 250 * 16)).text
    let shown = try DisplayName(longest(64, 64 * 16)).text
    let alice = try store.write { transaction in
      try Users.insert(
        id: PublicID(trusted: "alice"), username: Username("alice"), displayName: shown, email: nil, passwordHash: "",
        at: Timestamp(milliseconds: 0), transaction)
    }
    try store.write { transaction in
      _ = try Rooms.insert(
        id: PublicID(trusted: "r1"), kind: .group, name: name, topic: "", createdBy: alice.rowID, at: Timestamp(milliseconds: 0),
        transaction)
    }
    try store.write { try $0.database.run("UPDATE rooms SET topic = ?", .text(topic)) }
  }
}
