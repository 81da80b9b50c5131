// The members of rooms.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MembershipsTests {
  private static let zero = Timestamp(milliseconds: 0)

  @Test func `joining twice counts a member once, and leaving twice uncounts one once`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    func count() throws -> Int64? { try store.read { try Rooms.view(PublicID(trusted: "room"), for: alice.rowID, $0) }?.room.memberCount }
    #expect(try store.write { try Memberships.insert(room, alice.rowID, role: .owner, at: Self.zero, $0) })
    #expect(try !store.write { try Memberships.insert(room, alice.rowID, role: .member, at: Self.zero, $0) })
    #expect(try count() == 1)
    #expect(try store.read { try Memberships.role(of: alice.rowID, in: room, $0) } == .owner)
    #expect(try store.write { try Memberships.delete(room, alice.rowID, $0) })
    #expect(try !store.write { try Memberships.delete(room, alice.rowID, $0) })
    #expect(try count() == 0)
    #expect(try store.read { try Memberships.role(of: alice.rowID, in: room, $0) } == nil)
    #expect(try !store.write { try Memberships.insert(RoomRowID(99), alice.rowID, role: .owner, at: Self.zero, $0) })
  }

  @Test func `a new member's markers are at the newest message`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let room = try store.addRoom("room", by: alice)
    _ = try store.write { try Memberships.insert(room, alice.rowID, role: .owner, at: Self.zero, $0) }
    for _ in 0..<3 { _ = try MessagesTests.post(store, room, by: alice) }
    _ = try store.write { try Memberships.insert(room, bob.rowID, role: .member, at: Self.zero, $0) }
    let view = try #require(try store.read { try Rooms.view(PublicID(trusted: "room"), for: bob.rowID, $0) })
    #expect(view.membership?.markers == ReadMarkers(deliveredSeq: 3, previewSeq: 3, readSeq: 3) && view.room.lastSeq == 3)
    #expect(view.lastMessage.map { String(decoding: $0, as: UTF8.self) }?.contains("\"seq\":3") == true)
  }

  @Test func `the next owner has the highest role, then the longest membership, then the oldest account`() throws {
    let store = try TemporaryDatabase()
    let users = try ["alice", "bob", "carol", "dave"].map { try store.addUser($0) }
    let room = try store.addRoom("room", by: users[0])
    func nextOwner() throws -> String? { try store.read { try Memberships.nextOwner(of: room, $0) }?.username }
    func admit(_ index: Int, _ role: Role, at time: Int64) throws {
      _ = try store.write { try Memberships.insert(room, users[index].rowID, role: role, at: Timestamp(milliseconds: time), $0) }
    }
    #expect(try nextOwner() == nil)
    try admit(3, .member, at: 1)
    try admit(1, .member, at: 5)
    try admit(0, .member, at: 5)
    #expect(try nextOwner() == "dave")
    _ = try store.write { try Memberships.delete(room, users[3].rowID, $0) }
    #expect(try nextOwner() == "alice")
    try admit(2, .moderator, at: 9)
    #expect(try nextOwner() == "carol")
    #expect(try !store.read { try Memberships.hasOwner(room, $0) })
    try store.write { try Memberships.setRole(room, users[2].rowID, to: .owner, $0) }
    #expect(try store.read { try Memberships.hasOwner(room, $0) })
  }

  @Test func `whoever is suspended or deleted neither owns a room nor comes next`() throws {
    let store = try TemporaryDatabase()
    let users = try ["alice", "bob", "carol", "dave"].map { try store.addUser($0) }
    let room = try store.addRoom("room", by: users[0])
    for (index, role) in [Role.owner, .moderator, .moderator, .member].enumerated() {
      _ = try store.write { try Memberships.insert(room, users[index].rowID, role: role, at: Timestamp(milliseconds: Int64(index)), $0) }
    }
    func lacksOwner() throws -> Bool { try store.read { try Memberships.lacksOwner(room, $0) } }
    func nextOwner() throws -> String? { try store.read { try Memberships.nextOwner(of: room, $0) }?.username }
    func suspend(_ index: Int) throws { _ = try store.write { try Users.suspend(users[index].rowID, at: Self.zero, $0) } }
    #expect(try !lacksOwner())
    try suspend(0)
    #expect(try lacksOwner() && nextOwner() == "bob")
    try suspend(1)
    #expect(try nextOwner() == "carol")
    try store.write {
      try Erasures.begin(users[2].rowID, username: Username("deleted-1"), displayName: "Deleted user", at: Self.zero, $0)
    }
    #expect(try nextOwner() == "dave")
    #expect(try store.read { try Memberships.roomsLackingOwner(after: 0, limit: 5, $0) }.map(\.rowID) == [room])
    try suspend(3)
    #expect(try nextOwner() == nil && store.read { try Memberships.roomsLackingOwner(after: 0, limit: 5, $0) }.isEmpty)
    _ = try store.write { try Users.unsuspend(users[0].rowID, $0) }
    #expect(try !lacksOwner())
  }

  @Test func `an owner is found by an index, however many members a room has`() throws {
    let plan = try TemporaryDatabase().read { database in
      try database.all(
        "EXPLAIN QUERY PLAN SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id WHERE o.room_id = 1 AND o.role = 3 AND u.deleted_at IS NULL"
      ) { $0.text(3) }
    }
    #expect(plan.contains { $0.contains("memberships_owners") }, "\(plan)")
  }

  @Test func `a direct room lacks no owner, nor does a room of the operator's that never had one`() throws {
    let store = try TemporaryDatabase()
    let (alice, bob) = (try store.addUser("alice"), try store.addUser("bob"))
    let rooms = try store.write { transaction in
      [
        try Rooms.insert(
          id: PublicID(trusted: "direct"), kind: .direct, name: nil, topic: "", createdBy: alice.rowID, direct: (alice.rowID, bob.rowID),
          at: Self.zero, transaction),
        try Rooms.insert(
          id: PublicID(trusted: "square"), kind: .public, name: "Square", topic: "", createdBy: nil, at: Self.zero, transaction),
      ]
    }
    for room in rooms {
      _ = try store.write { try Memberships.insert(room, alice.rowID, role: .member, at: Self.zero, $0) }
      #expect(try !store.read { try Memberships.lacksOwner(room, $0) })
    }
    _ = try store.write { try Memberships.insert(rooms[1], bob.rowID, role: .owner, at: Self.zero, $0) }
    _ = try store.write { try Users.suspend(bob.rowID, at: Self.zero, $0) }
    #expect(try store.read { try Memberships.lacksOwner(rooms[1], $0) })
  }

  @Test func `members are paged by the age of their accounts, each once`() throws {
    let store = try TemporaryDatabase()
    let users = try (0..<9).map { try store.addUser("user\($0)") }
    let room = try store.addRoom("room", by: users[0])
    for user in users.shuffled() {
      _ = try store.write { try Memberships.insert(room, user.rowID, role: .member, at: Self.zero, $0) }
    }
    var seen: [User] = []
    while true {
      let after = seen.last?.rowID.value ?? 0
      let page = try store.read { try Memberships.members(of: room, for: nil, after: after, limit: 2, $0) }
      if page.isEmpty { break }
      #expect(page.count <= 2)
      seen += page.map(\.user)
    }
    #expect(seen == users)
  }

  @Test func `access finds a room for a non-member, and no room that does not exist`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", .public, by: alice)
    let outside = try #require(try store.read { try Memberships.access(of: alice.rowID, to: PublicID(trusted: "room"), $0) })
    #expect(outside.room == room && outside.kind == .public && outside.role == nil)
    #expect(try store.read { try Memberships.access(of: alice.rowID, to: PublicID(trusted: "none"), $0) } == nil)
    _ = try store.write { try Memberships.insert(room, alice.rowID, role: .owner, at: Self.zero, $0) }
    #expect(try store.read { try Memberships.access(of: alice.rowID, to: PublicID(trusted: "room"), $0) }?.role == .owner)
    #expect(try store.read { try Memberships.rooms(of: alice.rowID, $0) }.map(\.id.text) == ["room"])
  }
}
