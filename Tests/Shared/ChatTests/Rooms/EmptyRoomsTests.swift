// Rooms that nobody is in any more.
import Chat
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct EmptyRoomsTests {
  private let clock = ManualClock()

  private func rooms(_ fixture: ChatFixture) throws -> Int64 {
    try fixture.read { try $0.first("SELECT count(*) FROM rooms") { $0.integer(0) } ?? -1 }
  }

  private func messages(_ fixture: ChatFixture) throws -> Int64 {
    let all: Statement = "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM journal WHERE kind = 1)"
    return try fixture.read { try $0.first(all) { $0.integer(0) } ?? -1 }
  }

  private func open(_ fixture: ChatFixture, _ one: TestUser, _ other: TestUser) throws -> String {
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id])
    return try fixture.chat.createRoom(new, by: one.principal, idempotencyKey: nil).view.room.id.text
  }

  @Test func `a group ends with its last member, and its messages with it`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.bob])
    let code = try fixture.chat.invite(to: group, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite.code.text
    try fixture.post("hello", in: group, by: fixture.alice)
    let since = try #require(try fixture.journal().last).position
    try fixture.chat.leave(group, by: fixture.alice.principal)
    #expect(try rooms(fixture) == 1)
    try fixture.chat.leave(group, by: fixture.bob.principal)
    #expect(try rooms(fixture) == 0 && fixture.journal().suffix(2).map(\.kind) == [.memberLeft, .roomDeleted])
    #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.mallory.principal) } == .notFound)
    try fixture.chat.sweep()
    #expect(try messages(fixture) == 0 && !fixture.journal().contains { $0.kind == .newMessage })
    // Who left last resumes up to their own departure.
    let resumed = try fixture.chat.resume(fixture.bob.principal.claim, since: since, replayBufferStart: .max)
    #expect(resumed.resumed && resumed.backlog.last?.kind == .memberLeft && resumed.backlog.last?.user == fixture.bob.principal.user.rowID)
  }

  @Test func `a group ends when the last member deletes the account`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Garden", .group, by: fixture.alice)
    try fixture.post("hello", in: group, by: fixture.alice)
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.alice.principal)
    try fixture.chat.sweep()
    #expect(try rooms(fixture) == 0 && messages(fixture) == 0)
  }

  @Test func `a direct room that both have left can be opened again, with its history`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("hello", in: direct, by: fixture.alice)
    for user in [fixture.alice, fixture.bob] { try fixture.chat.leave(direct, by: user.principal) }
    try fixture.chat.sweep()
    #expect(try open(fixture, fixture.bob, fixture.alice) == direct)
    #expect(try fixture.chat.page(of: direct, .latest, limit: 5, for: fixture.bob.principal).count == 1)
  }

  @Test(arguments: [true, false]) func `a direct room ends once one is deleted and the other has left`(leftFirst: Bool) throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("hello", in: direct, by: fixture.alice)
    if leftFirst { for user in [fixture.alice, fixture.bob] { try fixture.chat.leave(direct, by: user.principal) } }
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.alice.principal)
    #expect(try rooms(fixture) == (leftFirst ? 0 : 1))
    if !leftFirst { try fixture.chat.leave(direct, by: fixture.bob.principal) }
    try fixture.chat.sweep()
    #expect(try rooms(fixture) == 0 && messages(fixture) == 0)
  }

  @Test func `an empty public room ends after thirty days, unless somebody joins, the operator made it or it is a default room`() throws {
    let fixture = try ChatFixture(clock: clock)
    let names = ["Ends", "Joined", "Default"]
    let made = try names.map { try fixture.room($0, .public, by: fixture.alice) }
    _ = try fixture.chat.createPublicRoom(name: "Operator's")
    for room in made { try fixture.chat.leave(room, by: fixture.alice.principal) }
    _ = try fixture.chat.setDefault(true, room: "Default")
    clock.advance(seconds: Chat.emptyPublicRoomSeconds - 1)
    try fixture.chat.sweep()
    #expect(try rooms(fixture) == 4)
    // Bob's first session is over by now.
    _ = try fixture.chat.join(made[1], by: fixture.logIn("bob").principal)
    clock.advance(seconds: 1)
    try fixture.chat.sweep()
    func left() throws -> Set<String?> {
      Set(try fixture.chat.publicRooms(for: fixture.bob.principal, after: nil, limit: 10).map(\.room.name))
    }
    #expect(try left() == ["Joined", "Default", "Operator's"])
    // It is empty anew, so its thirty days begin anew.
    try fixture.chat.leave(made[1], by: fixture.logIn("bob").principal)
    clock.advance(seconds: Chat.emptyPublicRoomSeconds - 1)
    try fixture.chat.sweep()
    #expect(try left().contains("Joined"))
    clock.advance(seconds: 1)
    try fixture.chat.sweep()
    #expect(try left() == ["Default", "Operator's"])
  }
}
