// What the daemon looks up to publish presence: who may see whom, in a fixed number of statements.
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct PresenceTests {
  private let fixture: ChatFixture
  private var chat: Chat { fixture.chat }
  private let (alice, bob, mallory): (UserRowID, UserRowID, UserRowID)

  init() throws {
    fixture = try ChatFixture()
    (alice, bob, mallory) = (fixture.alice.principal.user.rowID, fixture.bob.principal.user.rowID, fixture.mallory.principal.user.rowID)
  }

  @Test func `an audience has the user's rooms with their sizes, and blocks of both directions`() throws {
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Alone", .group, by: fixture.alice)
    try chat.block(fixture.mallory.id, by: fixture.alice.principal)
    try chat.block(fixture.alice.id, by: fixture.bob.principal)
    let nobody = UserRowID(999)
    let audiences = try chat.readPresence { try $0.audiences(of: [alice, bob, mallory, nobody]) }
    #expect(Set(audiences.keys) == [alice, bob, mallory])
    #expect(audiences[alice]?.id.text == fixture.alice.id)
    #expect(audiences[alice]?.rooms.map(\.memberCount).sorted() == [1, 2])
    #expect(audiences[bob]?.rooms.map(\.memberCount) == [2])
    #expect(audiences[mallory]?.rooms == [])
    #expect(audiences[alice]?.blockedEitherWay == [bob, mallory])
    #expect(audiences[bob]?.blockedEitherWay == [alice] && audiences[mallory]?.blockedEitherWay == [alice])
    let room = try #require(audiences[bob]?.rooms.first?.room)
    #expect(try chat.readPresence { try $0.publicIDs(ofRooms: [room, RoomRowID(999)]) } == [room: PublicID(trusted: lobby)])
    #expect(try chat.readPresence { try $0.publicIDs(ofUsers: [bob, nobody]) } == [bob: fixture.bob.principal.user.id])
  }

  @Test func `members are read room by room`() throws {
    _ = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Others", .group, by: fixture.mallory, with: [fixture.bob])
    let rooms = try chat.readPresence { try $0.audiences(of: [bob]) }[bob]?.rooms.map(\.room) ?? []
    var members: [Set<UserRowID>] = []
    try chat.readPresence { reader in
      try reader.forEachRoom(Set(rooms + [RoomRowID(999)])) { room, users in
        #expect(rooms.contains(room) && users.count == 2)
        members.append(Set(users))
      }
    }
    #expect(members.count == 2 && members.contains([alice, bob]) && members.contains([bob, mallory]))
    try chat.readPresence { try $0.forEachRoom([]) { _, _ in Issue.record("no room was asked about") } }
  }

  @Test func `what is persisted is visible to those who share a room, and the next daemon adopts it`() throws {
    _ = try fixture.lobby(fixture.bob)
    #expect(try chat.adoptPresenceLease() == [])
    let record = PresenceRecord(user: bob, state: .idle, lastSeenAt: Timestamp(milliseconds: Clock.wallMilliseconds()))
    try chat.persistPresence([record])
    #expect(try chat.adoptPresenceLease() == [record])
    #expect(try chat.user(fixture.bob.id, for: fixture.alice.principal).presence == Presence(state: .idle, lastSeenAt: record.lastSeenAt))
    #expect(try chat.user(fixture.bob.id, for: fixture.mallory.principal).presence == .unknown)
    #expect(try chat.usersOnline(for: fixture.alice.principal, after: 0, limit: 10).map(\.user.rowID) == [bob])
  }

  @Test func `the number of statements does not grow with the users and rooms asked about, and each uses an index`() throws {
    var (users, rooms): (Set<UserRowID>, Set<RoomRowID>) = ([], [])
    for index in 0..<300 {
      let (user, room) = try chat.commit { transaction in
        let user = try Users.insert(
          id: PublicID(trusted: "user\(index)"), username: try Username("user\(index)"), displayName: "User", email: nil, passwordHash: "",
          at: Timestamp(milliseconds: 0), transaction)
        let room = try Rooms.insert(
          id: PublicID(trusted: "room\(index)"), kind: .group, name: "Room", topic: "", createdBy: user.rowID,
          at: Timestamp(milliseconds: 0),
          transaction)
        _ = try Memberships.insert(room, user.rowID, role: .owner, at: Timestamp(milliseconds: 0), transaction)
        return (user.rowID, room)
      }
      users.insert(user)
      rooms.insert(room)
    }
    // One thread gets the same connection from the pool each time.
    func statements(_ users: Set<UserRowID>, _ rooms: Set<RoomRowID>) throws -> Int64 {
      let before = try chat.readers.read { $0.statementsRun }
      try chat.readPresence { reader in
        #expect(try reader.audiences(of: users).values.allSatisfy { $0.rooms.count == 1 })
        try reader.forEachRoom(rooms) { _, members in #expect(members.count == 1) }
        #expect(try reader.publicIDs(ofUsers: users).count == users.count)
        #expect(try reader.publicIDs(ofRooms: rooms).count == rooms.count)
      }
      return try chat.readers.read { $0.statementsRun } - before
    }
    let one = try statements([users.first ?? alice], [rooms.first ?? RoomRowID(0)])
    #expect(one == 8, "six look-ups, and the two ends of the transaction")
    #expect(try statements(users, rooms) == one)
    let plans = try chat.readers.read { try $0.plans() }.filter { $0.hasPrefix("SCAN") && !$0.contains("VIRTUAL TABLE") }
    #expect(plans == [], "nothing is read from end to end")
  }
}
