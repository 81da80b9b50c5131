// Who owns a room when its owners are gone or suspended.
import Chat
import Configuration
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct OwnersTests {
  private func role(_ user: TestUser, in room: String, _ fixture: ChatFixture) throws -> Role? {
    try fixture.chat.room(room, for: user.principal).membership?.role
  }

  private func inherited(_ fixture: ChatFixture) throws -> [UserRowID?] {
    try fixture.journal().filter { try $0.kind == .memberUpdated && JSONValue($0.data)["reason"]?.text == "inherited" }.map(\.user)
  }

  @Test(arguments: [RoomKind.group, .public])
  func `the only owner is suspended, and the longest-standing moderator owns the room, in one transaction`(kind: RoomKind) throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Garden", kind, by: fixture.alice, with: [fixture.bob, fixture.mallory])
    _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: "moderator", by: fixture.alice.principal)
    #expect(try fixture.chat.suspend("alice"))
    #expect(try fixture.journal().suffix(2).map(\.kind) == [.userSuspended, .memberUpdated])
    #expect(try inherited(fixture) == [fixture.mallory.principal.user.rowID])
    #expect(try role(fixture.mallory, in: room, fixture) == .owner && role(fixture.bob, in: room, fixture) == .member)
    // When the suspension ends, both are owners.
    #expect(try fixture.chat.unsuspend("alice"))
    #expect(try role(fixture.logIn("alice"), in: room, fixture) == .owner && role(fixture.mallory, in: room, fixture) == .owner)
    #expect(try inherited(fixture).count == 1)
  }

  @Test func `every room of a suspended owner that nobody else owns gets an owner, and no other`() throws {
    let fixture = try ChatFixture()
    let alone = try fixture.room("Alone", .group, by: fixture.alice)
    let shared = try fixture.room("Shared", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory])
    _ = try fixture.chat.putMember(fixture.mallory.id, into: shared, role: "owner", by: fixture.alice.principal)
    let left = try (0..<3).map { try fixture.room("Left \($0)", .public, by: fixture.alice, with: [fixture.bob]) }
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id])
    let direct = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil).view.room.id.text
    _ = try fixture.chat.suspend("alice")
    for room in left { #expect(try role(fixture.bob, in: room, fixture) == .owner) }
    #expect(try role(fixture.bob, in: shared, fixture) == .member && role(fixture.bob, in: direct, fixture) == .member)
    #expect(try inherited(fixture).count == 3)
    _ = try fixture.chat.unsuspend("alice")
    #expect(try role(fixture.logIn("alice"), in: alone, fixture) == .owner)
  }

  @Test func `a suspended owner does not count when the other one leaves, steps down or deletes the account`() throws {
    let fixture = try ChatFixture()
    let rooms = try (0..<2).map { try fixture.room("Room \($0)", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory]) }
    for room in rooms { _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: "owner", by: fixture.alice.principal) }
    _ = try fixture.chat.suspend("mallory")
    let alone = refusal { try fixture.chat.putMember(fixture.alice.id, into: rooms[0], role: "member", by: fixture.alice.principal) }
    #expect(alone?.code == .conflict)
    try fixture.chat.leave(rooms[0], by: fixture.alice.principal)
    #expect(try role(fixture.bob, in: rooms[0], fixture) == .owner)
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.alice.principal)
    #expect(try role(fixture.bob, in: rooms[1], fixture) == .owner)
  }

  @Test func `where nobody is left to act, the first one who joins or whose suspension ends owns the room`() throws {
    let fixture = try ChatFixture()
    let (first, second) = (try fixture.room("First", .public, by: fixture.alice), try fixture.lobby(fixture.bob))
    _ = try fixture.chat.suspend("bob")
    _ = try fixture.chat.suspend("alice")
    #expect(try inherited(fixture).isEmpty)
    #expect(try fixture.chat.join(first, by: fixture.mallory.principal).membership?.role == .owner)
    _ = try fixture.chat.unsuspend("bob")
    #expect(try role(fixture.logIn("bob"), in: second, fixture) == .owner)
  }

  @Test func `a public room that everybody has left belongs to the next one who joins it, unless the operator made it`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    try fixture.chat.leave(lobby, by: fixture.alice.principal)
    #expect(try fixture.chat.join(lobby, by: fixture.bob.principal).membership?.role == .owner)
    #expect(try fixture.chat.join(lobby, by: fixture.alice.principal).membership?.role == .member)
    let square = try fixture.chat.createPublicRoom(name: "Square").text
    #expect(try fixture.chat.join(square, by: fixture.bob.principal).membership?.role == .member)
  }

  @Test func `rooms that an older program left without an owner get one, once`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory])
    _ = try fixture.room("Alone", .group, by: fixture.alice)
    let writer = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    _ = try writer.writing { try writer.run("UPDATE users SET suspended_at = 1 WHERE username = 'alice'") }
    for _ in 0..<2 { try fixture.chat.appointMissingOwners() }
    #expect(try role(fixture.bob, in: room, fixture) == .owner && inherited(fixture) == [fixture.bob.principal.user.rowID])
  }

  @Test func `the operator appoints the owner of a group by its id, and of no direct room`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Garden", .group, by: fixture.alice)
    for _ in 0..<2 { #expect(try fixture.chat.setOwner("bob", room: group).id.text == group) }
    #expect(try role(fixture.bob, in: group, fixture) == .owner)
    #expect(try fixture.journal().last?.kind == .memberJoined, "who owns it already changes nothing")
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id])
    let direct = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil).view.room.id.text
    #expect(refusal { try fixture.chat.setOwner("bob", room: direct) }?.detail.contains("direct room") == true)
    for name in ["Garden", "nowhere", ""] { #expect(refusal { try fixture.chat.setOwner("bob", room: name) }?.code == .notFound) }
    _ = try fixture.chat.suspend("mallory")
    #expect(refusal { try fixture.chat.setOwner("mallory", room: group) }?.detail.contains("suspended") == true)
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.alice.principal)
    let deleted = try fixture.read { try $0.first("SELECT username FROM users WHERE deleted_at IS NOT NULL") { $0.text(0) } ?? "" }
    #expect(refusal { try fixture.chat.setOwner(deleted, room: group) }?.code == .notFound)
    #expect(refusal { try fixture.chat.account(deleted) }?.code == .notFound)
    #expect(refusal { try fixture.chat.suspend(deleted) }?.code == .notFound)
  }
}
