// Invitations of users who let themselves be added only by people who share a room with them.
import Chat
import Configuration
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct InvitationsTests {
  private let clock = ManualClock()

  /// Bob is protected; Alice shares no room with him.
  private func fixture() throws -> ChatFixture {
    let fixture = try ChatFixture(clock: clock)
    _ = try fixture.chat.setAddedBy("contacts", by: fixture.bob.principal)
    return fixture
  }

  private func invitations(_ user: TestUser, _ fixture: ChatFixture) throws -> [Invitation] {
    try fixture.chat.invitations(of: user.principal, before: .max, limit: 10)
  }

  private func events(_ kind: EventKind, _ fixture: ChatFixture) throws -> [JournalEntry] {
    try fixture.journal().filter { $0.kind == kind }
  }

  private func accept(_ room: String, _ user: TestUser, _ fixture: ChatFixture) throws -> RoomView {
    try fixture.chat.acceptInvitation(to: room, by: user.principal)
  }

  @Test func `the preference is everyone at first, and a change of it is an event of the user alone`() throws {
    let fixture = try ChatFixture()
    #expect(try fixture.chat.addedBy(fixture.bob.principal) == .everyone)
    for _ in 0..<2 { #expect(try fixture.chat.setAddedBy("contacts", by: fixture.bob.principal) == .contacts) }
    #expect(try fixture.chat.addedBy(fixture.bob.principal) == .contacts && fixture.chat.addedBy(fixture.alice.principal) == .everyone)
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .preferencesUpdated && event.user == fixture.bob.principal.user.rowID)
    #expect(try events(.preferencesUpdated, fixture).count == 1)
    #expect(try JSONValue(event.data) == .object(["added_by": .string("contacts")]))
    #expect(refusal { try fixture.chat.setAddedBy("nobody", by: fixture.bob.principal) }?.fields.map(\.field) == ["added_by"])
  }

  @Test func `Alice's group is made without Bob, who is invited and joins by accepting`() throws {
    let fixture = try fixture()
    let new = NewRoom(kind: "group", name: "Garden", topic: nil, members: [fixture.bob.id, fixture.mallory.id])
    let created = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil)
    let room = created.view.room.id.text
    #expect(created.isNew && created.invited.map(\.text) == [fixture.bob.id] && created.view.room.memberCount == 2)
    #expect(refusal { try fixture.chat.room(room, for: fixture.bob.principal) } == .notFound)
    let invitation = try #require(try invitations(fixture.bob, fixture).first)
    #expect(invitation.room.id.text == room && invitation.invitedBy == fixture.alice.principal.user && invitation.role == .member)
    let event = try #require(try events(.invited, fixture).first)
    #expect(event.user == fixture.bob.principal.user.rowID && event.room == nil && event.position == invitation.position)
    let data = try JSONValue(event.data)
    #expect(data["room_id"]?.text == room && data["room"]?["name"]?.text == "Garden")
    #expect(data["invited_by"]?["user_id"]?.text == fixture.alice.id)

    #expect(refusal { try accept(room, fixture.mallory, fixture) } == .notFound)
    #expect(try accept(room, fixture.bob, fixture).membership?.role == .member)
    #expect(refusal { try accept(room, fixture.bob, fixture) } == .notFound)
    #expect(try invitations(fixture.bob, fixture).isEmpty && events(.invited, fixture).isEmpty)
    let joined = try #require(try fixture.journal().last)
    #expect(try joined.kind == .memberJoined && JSONValue(joined.data)["reason"] == .string("invited"))
  }

  @Test func `who shares a room with Bob adds him, also once he has accepted`() throws {
    let fixture = try fixture()
    _ = try fixture.lobby(fixture.bob)
    let new = NewRoom(kind: "group", name: "Garden", topic: nil, members: [fixture.bob.id])
    #expect(try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil).invited.isEmpty)
    #expect(try !fixture.chat.createRoom(new, by: fixture.mallory.principal, idempotencyKey: nil).invited.isEmpty)
  }

  @Test func `put member invites, with the role, and again changes nothing`() throws {
    let fixture = try fixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.mallory])
    for _ in 0..<2 {
      let outcome = try fixture.chat.putMember(fixture.bob.id, into: room, role: "moderator", by: fixture.alice.principal)
      #expect(!outcome.isNew && outcome.isInvited)
    }
    #expect(try events(.invited, fixture).count == 1)
    #expect(try accept(room, fixture.bob, fixture).membership?.role == .moderator)
  }

  @Test func `an inviter who is no longer an owner gives no role`() throws {
    let fixture = try fixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.mallory])
    _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: "owner", by: fixture.alice.principal)
    _ = try fixture.chat.putMember(fixture.bob.id, into: room, role: "owner", by: fixture.mallory.principal)
    _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: "moderator", by: fixture.alice.principal)
    #expect(try accept(room, fixture.bob, fixture).membership?.role == .member)
  }

  @Test func `in a direct room the first messages wait, unread, until Bob accepts`() throws {
    let fixture = try fixture()
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id])
    let created = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil)
    let room = created.view.room.id.text
    #expect(created.invited.map(\.text) == [fixture.bob.id] && created.view.other?.id.text == fixture.bob.id)
    for text in ["hello", "are you there?"] { try fixture.post(text, in: room, by: fixture.alice) }
    #expect(refusal { try fixture.chat.page(of: room, .latest, limit: 10, for: fixture.bob.principal) } == .notFound)
    let again = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil)
    #expect(again.view.room.id.text == room && !again.isNew && again.invited.map(\.text) == [fixture.bob.id])
    #expect(try invitations(fixture.bob, fixture).map(\.room.id.text) == [room])
    #expect(try fixture.chat.badges(of: fixture.bob.principal).isEmpty)
    let view = try accept(room, fixture.bob, fixture)
    #expect(view.room.memberCount == 2 && view.membership?.markers.readSeq == 0)
    #expect(try fixture.chat.badges(of: fixture.bob.principal).map(\.unread) == [2])
  }

  @Test func `Bob opens the direct room himself, which answers the invitation`() throws {
    let fixture = try fixture()
    func open(_ one: TestUser, _ other: TestUser) throws -> CreatedRoom {
      let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id])
      return try fixture.chat.createRoom(new, by: one.principal, idempotencyKey: nil)
    }
    let room = try open(fixture.alice, fixture.bob).view.room.id
    let opened = try open(fixture.bob, fixture.alice)
    #expect(opened.view.room.id == room && opened.view.room.memberCount == 2 && opened.invited.isEmpty)
    #expect(try invitations(fixture.bob, fixture).isEmpty)
  }

  @Test func `a declined invitation is gone, and the room cannot invite again for thirty days`() throws {
    let fixture = try fixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.chat.declineInvitation(to: room, by: fixture.bob.principal)
    func gone() throws -> Bool {
      try invitations(fixture.bob, fixture).isEmpty && events(.invited, fixture).isEmpty
        && refusal { try accept(room, fixture.bob, fixture) } == .notFound
        && refusal { try fixture.chat.declineInvitation(to: room, by: fixture.bob.principal) } == .notFound
    }
    #expect(try gone())
    clock.advance(seconds: Chat.invitationSeconds - 1)
    try fixture.chat.sweep()
    func invite() throws { _ = try fixture.chat.putMember(fixture.bob.id, into: room, role: nil, by: fixture.alice.principal) }
    try invite()
    #expect(try gone())
    clock.advance(seconds: 1)
    try invite()
    #expect(try invitations(fixture.bob, fixture).count == 1)
  }

  @Test func `an invitation expires after thirty days`() throws {
    let fixture = try fixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.bob])
    clock.advance(seconds: Chat.invitationSeconds - 1)
    #expect(try invitations(fixture.bob, fixture).count == 1)
    clock.advance(seconds: 1)
    #expect(try invitations(fixture.bob, fixture).isEmpty && refusal { try accept(room, fixture.bob, fixture) } == .notFound)
    try fixture.chat.sweep()
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM invitations") { $0.integer(0) } } == 0)
    #expect(try events(.invited, fixture).isEmpty)
  }

  @Test(arguments: [
    "the room ends", "Alice leaves", "Alice is removed", "Alice is banned", "Alice is no moderator", "Alice is suspended",
    "Bob is banned", "Bob blocks Alice", "Alice blocks Bob", "Alice deletes her account",
  ])
  func `an invitation is withdrawn when`(_ reason: String) throws {
    let fixture = try fixture()
    let (alice, mallory) = (fixture.alice, fixture.mallory)
    let room = try fixture.room("Garden", .group, by: alice, with: [mallory, fixture.bob])
    #expect(try invitations(fixture.bob, fixture).count == 1)
    func promote() throws { _ = try fixture.chat.putMember(mallory.id, into: room, role: "owner", by: alice.principal) }
    func demote() throws { _ = try fixture.chat.putMember(alice.id, into: room, role: "member", by: mallory.principal) }
    switch reason {
    case "the room ends": try fixture.chat.deleteRoom(room, by: alice.principal)
    case "Alice leaves": try fixture.chat.leave(room, by: alice.principal)
    case "Alice is removed":
      try promote()
      try demote()
      try fixture.chat.removeMember(alice.id, from: room, by: mallory.principal)
    case "Alice is banned":
      try promote()
      try demote()
      _ = try fixture.chat.ban(alice.id, from: room, reason: nil, by: mallory.principal)
    case "Alice is no moderator":
      try promote()
      try demote()
    case "Alice is suspended": _ = try fixture.chat.suspend("alice")
    case "Bob is banned": _ = try fixture.chat.ban(fixture.bob.id, from: room, reason: nil, by: alice.principal)
    case "Bob blocks Alice": try fixture.chat.block(alice.id, by: fixture.bob.principal)
    case "Alice blocks Bob": try fixture.chat.block(fixture.bob.id, by: alice.principal)
    default: try fixture.chat.deleteAccount(password: TestUser.password, by: alice.principal)
    }
    #expect(try invitations(fixture.bob, fixture).isEmpty && refusal { try accept(room, fixture.bob, fixture) } == .notFound)
    // A suspension or another role may be taken back; everything else is final, and the name of Alice leaves the journal.
    if !["Alice is no moderator", "Alice is suspended"].contains(reason) { #expect(try events(.invited, fixture).isEmpty) }
  }

  @Test func `who is blocked or banned cannot invite, and invitations are bounded`() throws {
    let fixture = try fixture()
    let room = try fixture.room("Garden", .group, by: fixture.alice)
    func invite() -> ChatError? {
      refusal { try fixture.chat.putMember(fixture.bob.id, into: room, role: nil, by: fixture.alice.principal) }
    }
    try fixture.chat.block(fixture.alice.id, by: fixture.bob.principal)
    #expect(invite()?.code == .forbidden)
    try fixture.chat.unblock(fixture.alice.id, by: fixture.bob.principal)
    _ = try fixture.chat.ban(fixture.bob.id, from: room, reason: nil, by: fixture.alice.principal)
    #expect(invite()?.code == .forbidden)
    try fixture.chat.unban(fixture.bob.id, from: room, by: fixture.alice.principal)
    for number in 0..<RoomLimits.invitationsPerUser {
      _ = try fixture.room("Room \(number)", .group, by: fixture.mallory, with: [fixture.bob])
    }
    let error = invite()
    #expect(error?.code == .conflict && error?.detail.contains("invitations_per_user") == true)
    let first = try #require(try invitations(fixture.bob, fixture).first)
    try fixture.chat.declineInvitation(to: first.room.id.text, by: fixture.bob.principal)
    #expect(invite() == nil)
  }

  @Test func `invitations count like people added`() throws {
    let fixture = try ChatFixture(clock: clock) { $0.roomLimits.adding = RateLimit(count: 1, windowMilliseconds: 1000) }
    _ = try fixture.chat.setAddedBy("contacts", by: fixture.bob.principal)
    _ = try fixture.room("Garden", .group, by: fixture.mallory, with: [fixture.bob])
    #expect(refusal { try fixture.room("Garden", .group, by: fixture.mallory, with: [fixture.bob]) }?.code == .rateLimited)
  }

  @Test func `invitations come newest first, page by page`() throws {
    let fixture = try fixture()
    let rooms = try (0..<3).map { try fixture.room("Room \($0)", .group, by: fixture.alice, with: [fixture.bob]) }
    let first = try fixture.chat.invitations(of: fixture.bob.principal, before: .max, limit: 2)
    #expect(first.map(\.room.id.text) == [rooms[2], rooms[1]])
    let second = try fixture.chat.invitations(of: fixture.bob.principal, before: try #require(first.last).position, limit: 2)
    #expect(second.map(\.room.id.text) == [rooms[0]])
  }

  @Test func `an invitation reaches a client that resumes, and nobody else`() throws {
    let fixture = try fixture()
    let since = try #require(try fixture.journal().last).position
    _ = try fixture.room("Garden", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory])
    func kinds(_ user: TestUser) throws -> [EventKind] {
      try fixture.chat.resume(user.principal.claim, since: since, replayBufferStart: .max).backlog.map(\.kind)
    }
    #expect(try kinds(fixture.bob) == [.invited])
    #expect(try !kinds(fixture.mallory).contains(.invited) && !kinds(fixture.alice).contains(.invited))
  }
}
