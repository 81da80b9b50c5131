// Direct rooms that one of the two has left.
import Chat
import Configuration
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct DirectRoomsTests {
  private func open(_ fixture: ChatFixture, _ one: TestUser, _ other: TestUser) throws -> String {
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id])
    return try fixture.chat.createRoom(new, by: one.principal, idempotencyKey: nil).view.room.id.text
  }

  private func me(_ user: TestUser, _ room: String, _ fixture: ChatFixture) throws -> Membership? {
    try fixture.chat.room(room, for: user.principal).membership
  }

  @Test func `Bob leaves, Alice writes, and Bob is in the room again, with one unread message and the whole history`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    for text in ["one", "two"] { try fixture.post(text, in: direct, by: fixture.alice) }
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    let posted = try fixture.post("@bob?", in: direct, by: fixture.alice)
    #expect(posted.isNew && posted.seq == 3)
    let events = try fixture.journal().suffix(2)
    #expect(events.map(\.kind) == [.memberJoined, .newMessage] && events.first?.user == fixture.bob.principal.user.rowID)
    #expect(try JSONValue(#require(events.first).data)["reason"] == .string("message"))
    let me = try #require(try me(fixture.bob, direct, fixture))
    #expect(me.unread == 1 && me.mentions == 1 && me.markers.readSeq == 2)
    #expect(try fixture.chat.page(of: direct, .latest, limit: 9, for: fixture.bob.principal).count == 3)
    // A resume finds the message after the event that lets Bob in.
    let left = try #require(try fixture.journal().last { $0.kind == .memberLeft }).position
    let resumed = try fixture.chat.resume(fixture.bob.principal.claim, since: left, replayBufferStart: .max)
    #expect(resumed.rooms.isEmpty && resumed.backlog.map(\.kind) == [.memberJoined, .newMessage])
  }

  @Test func `a message that was posted before is repeated without bringing anybody back`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("hello", in: direct, by: fixture.alice, clientID: "c")
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    #expect(try !fixture.post("hello", in: direct, by: fixture.alice, clientID: "c").isNew)
    #expect(refusal { try fixture.chat.room(direct, for: fixture.bob.principal) } == .notFound)
  }

  @Test func `a block refuses the message, and Bob stays away`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    try fixture.chat.block(fixture.alice.id, by: fixture.bob.principal)
    #expect(refusal { try fixture.post("hello", in: direct, by: fixture.alice) }?.code == .forbidden)
    #expect(refusal { try fixture.chat.room(direct, for: fixture.bob.principal) } == .notFound)
  }

  @Test func `to a deleted account nothing is sent; own messages can be deleted, and the room left`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("hello", in: direct, by: fixture.alice, clientID: "c")
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.bob.principal)
    #expect(refusal { try fixture.post("anybody?", in: direct, by: fixture.alice) }?.code == .recipientGone)
    #expect(refusal { try fixture.edit(1, in: direct, to: "changed", by: fixture.alice) }?.code == .recipientGone)
    #expect(refusal { try fixture.react("👍", to: 1, in: direct, by: fixture.alice) }?.code == .recipientGone)
    #expect(try !fixture.post("hello", in: direct, by: fixture.alice, clientID: "c").isNew)
    try fixture.delete(1, in: direct, by: fixture.alice)
    try fixture.chat.leave(direct, by: fixture.alice.principal)
  }

  @Test func `a suspended user who left has the message when the suspension is over`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    _ = try fixture.chat.suspend("bob")
    try fixture.post("see you", in: direct, by: fixture.alice)
    _ = try fixture.chat.unsuspend("bob")
    #expect(try me(fixture.logIn("bob"), direct, fixture)?.unread == 1)
  }

  @Test(arguments: ["everyone", "contacts"]) func `messages to who left are not counted as adding strangers`(addedBy: String) throws {
    let fixture = try ChatFixture { $0.roomLimits.adding = RateLimit(count: 1, windowMilliseconds: 3_600_000) }
    let direct = try open(fixture, fixture.alice, fixture.bob)
    _ = try fixture.chat.setAddedBy(addedBy, by: fixture.bob.principal)
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    for _ in 0..<3 {
      try fixture.post("hello", in: direct, by: fixture.alice)
      if addedBy == "everyone" { try fixture.chat.leave(direct, by: fixture.bob.principal) }
    }
  }

  @Test(arguments: [true, false]) func `what waited for an invited user is unread, and what they knew is not`(accepts: Bool) throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("before", in: direct, by: fixture.bob)
    _ = try fixture.chat.setAddedBy("contacts", by: fixture.bob.principal)
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    for number in 1...3 { try fixture.post("\(number)", in: direct, by: fixture.alice) }
    #expect(try fixture.journal().filter { $0.kind == .invited }.count == 1)
    #expect(refusal { try fixture.chat.room(direct, for: fixture.bob.principal) } == .notFound)
    if accepts {
      _ = try fixture.chat.acceptInvitation(to: direct, by: fixture.bob.principal)
    } else {
      #expect(try open(fixture, fixture.bob, fixture.alice) == direct)
    }
    #expect(try me(fixture.bob, direct, fixture)?.unread == 3)
  }

  @Test func `an edit or a reaction brings nobody back`() throws {
    let fixture = try ChatFixture()
    let direct = try open(fixture, fixture.alice, fixture.bob)
    try fixture.post("hello", in: direct, by: fixture.alice)
    try fixture.chat.leave(direct, by: fixture.bob.principal)
    try fixture.edit(1, in: direct, to: "hello there", by: fixture.alice)
    try fixture.react("👍", to: 1, in: direct, by: fixture.alice)
    #expect(refusal { try fixture.chat.room(direct, for: fixture.bob.principal) } == .notFound)
  }
}
