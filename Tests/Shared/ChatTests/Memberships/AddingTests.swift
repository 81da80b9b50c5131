// The bounds on adding people to rooms and on creating rooms.
import Chat
import Configuration
import Domain
import TestSupport
import Testing
import Wire

@Suite struct AddingTests {
  private let clock = ManualClock()
  private let hour: Int64 = 3_600_000

  private func fixture(adding: Int? = nil, creation: Int? = nil, _ adjust: (inout RoomLimits) -> Void = { _ in }) throws -> ChatFixture {
    try ChatFixture(clock: clock) { settings in
      settings.roomLimits.adding = adding.map { RateLimit(count: $0, windowMilliseconds: hour) }
      settings.roomLimits.creation = creation.map { RateLimit(count: $0, windowMilliseconds: hour) }
      adjust(&settings.roomLimits)
    }
  }

  private func open(_ fixture: ChatFixture, _ one: TestUser, _ other: TestUser) throws -> String {
    let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id])
    return try fixture.chat.createRoom(new, by: one.principal, idempotencyKey: nil).view.room.id.text
  }

  // MARK: People one shares no room with

  @Test func `Mallory adds so many strangers an hour, by whatever door, and is told when to go on`() throws {
    let fixture = try fixture(adding: 3)
    let strangers = try (0..<5).map { try fixture.signUp("stranger\($0)") }
    let group = try fixture.room("One", .group, by: fixture.mallory, with: [strangers[0]])
    clock.advance(milliseconds: 1000)
    _ = try fixture.chat.putMember(strangers[1].id, into: group, role: nil, by: fixture.mallory.principal)
    clock.advance(milliseconds: 1000)
    _ = try open(fixture, fixture.mallory, strangers[2])
    let attempts: [() throws -> Void] = [
      { _ = try fixture.room("Two", .group, by: fixture.mallory, with: [strangers[3]]) },
      { _ = try fixture.room("Two", .public, by: fixture.mallory, with: [strangers[3]]) },
      { _ = try fixture.chat.putMember(strangers[3].id, into: group, role: nil, by: fixture.mallory.principal) },
      { _ = try open(fixture, fixture.mallory, strangers[3]) },
    ]
    for attempt in attempts {
      let error = try #require(refusal { try attempt() })
      #expect(error.code == .rateLimited && error.retryAfterMilliseconds == hour - 2000 && error.limit?.name == .adding)
    }
    #expect(try fixture.chat.rooms(of: strangers[3].principal, after: nil, limit: 10).isEmpty)
    clock.advance(milliseconds: hour - 2000)
    try attempts[2]()
    #expect(refusal { _ = try open(fixture, fixture.mallory, strangers[4]) }?.retryAfterMilliseconds == 1000)
  }

  @Test func `people one shares a room with are free, and so is being joined by them`() throws {
    let fixture = try fixture(adding: 1)
    let people = try (0..<5).map { try fixture.signUp("guest\($0)") }
    let lobby = try fixture.lobby()
    for person in people { _ = try fixture.chat.join(lobby, by: person.principal) }
    for _ in 0..<2 { _ = try fixture.room("Group", .group, by: fixture.alice, with: people) }
    for person in people { _ = try open(fixture, fixture.alice, person) }
    // Added once, a stranger is one no more.
    let group = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    _ = try fixture.room("Another", .group, by: fixture.alice, with: [fixture.bob])
    #expect(refusal { try fixture.chat.putMember(fixture.mallory.id, into: group, role: nil, by: fixture.alice.principal) } != nil)
  }

  @Test func `a room with more strangers than an hour allows is never made`() throws {
    let fixture = try fixture(adding: 3)
    let strangers = try (0..<4).map { try fixture.signUp("stranger\($0)") }
    let error = refusal { try fixture.room("All", .group, by: fixture.mallory, with: strangers) }
    #expect(error?.code == .rateLimited && error?.retryAfterMilliseconds == hour)
    _ = try fixture.room("All", .group, by: fixture.mallory, with: Array(strangers.prefix(3)))
  }

  @Test func `opening a direct room again counts for who was brought back`() throws {
    let fixture = try fixture(adding: 1)
    let room = try open(fixture, fixture.mallory, fixture.bob)
    #expect(try open(fixture, fixture.mallory, fixture.bob) == room)
    try fixture.chat.leave(room, by: fixture.bob.principal)
    #expect(refusal { try open(fixture, fixture.mallory, fixture.bob) }?.code == .rateLimited)
  }

  // MARK: Rooms created

  @Test func `rooms of all kinds count as created, direct rooms that were there do not`() throws {
    let fixture = try fixture(creation: 2)
    let direct = try open(fixture, fixture.alice, fixture.bob)
    clock.advance(milliseconds: 10)
    _ = try fixture.room("One", .public, by: fixture.alice)
    let error = refusal { try fixture.room("Two", .group, by: fixture.alice) }
    #expect(error?.code == .rateLimited && error?.retryAfterMilliseconds == hour - 10 && error?.limit?.name == .newRooms)
    #expect(refusal { try open(fixture, fixture.alice, fixture.mallory) }?.code == .rateLimited)
    #expect(try open(fixture, fixture.alice, fixture.bob) == direct)
    clock.advance(milliseconds: hour - 10)
    _ = try fixture.room("Two", .group, by: fixture.alice)
  }

  @Test func `who owns too many rooms creates no other until one is gone`() throws {
    let fixture = try fixture { $0.ownedPerUser = 2 }
    let rooms = try ["One", "Two"].map { try fixture.room($0, .group, by: fixture.alice) }
    let error = refusal { try fixture.room("Three", .public, by: fixture.alice) }
    #expect(error?.code == .conflict && error?.detail.contains("owned_rooms_per_user") == true)
    _ = try open(fixture, fixture.alice, fixture.bob)
    try fixture.chat.deleteRoom(rooms[0], by: fixture.alice.principal)
    _ = try fixture.room("Three", .public, by: fixture.alice)
  }

  // MARK: Memberships

  @Test func `a user is in so many rooms, by whatever door they come`() throws {
    let fixture = try fixture { $0.perUser = 2 }
    let lobby = try fixture.lobby(fixture.bob)
    let group = try fixture.room("Group", .group, by: fixture.mallory, with: [fixture.bob])
    let carol = try fixture.signUp("carol")
    let other = try fixture.room("Other", .public, by: carol)
    let code = try fixture.chat.invite(to: other, expiresInSeconds: nil, uses: 1, by: carol.principal).invite.code.text
    let doors: [() throws -> Void] = [
      { _ = try fixture.chat.join(other, by: fixture.bob.principal) },
      { _ = try fixture.chat.acceptInvite(code, by: fixture.bob.principal) },
      { _ = try fixture.room("Own", .group, by: fixture.bob) },
      { _ = try open(fixture, fixture.bob, carol) },
      { _ = try open(fixture, carol, fixture.bob) },
      { _ = try fixture.room("Foreign", .group, by: carol, with: [fixture.bob]) },
      { _ = try fixture.chat.putMember(fixture.bob.id, into: other, role: nil, by: carol.principal) },
    ]
    for door in doors {
      let error = refusal { try door() }
      #expect(error?.code == .conflict && error?.detail.contains("rooms_per_user") == true)
    }
    #expect(Set(try fixture.chat.rooms(of: fixture.bob.principal, after: nil, limit: 10).map(\.room.id.text)) == [lobby, group])
    try fixture.chat.leave(group, by: fixture.bob.principal)
    try doors[1]()
    #expect(refusal { try fixture.chat.invites(to: other, for: carol.principal, after: 0, limit: 5) } == nil)
  }

  @Test func `default rooms take in every new user, whatever the bounds`() throws {
    let fixture = try fixture { ($0.perUser, $0.membersPerRoom) = (1, 2) }
    for name in ["One", "Two"] {
      _ = try fixture.chat.createPublicRoom(name: name)
      _ = try fixture.chat.setDefault(true, room: name)
    }
    for name in ["carol", "dave", "erin"] {
      let user = try fixture.signUp(name)
      #expect(try fixture.chat.rooms(of: user.principal, after: nil, limit: 10).count == 2)
    }
  }

  @Test func `a room has so many members`() throws {
    let fixture = try fixture { $0.membersPerRoom = 2 }
    let lobby = try fixture.lobby(fixture.bob)
    let error = refusal { try fixture.chat.join(lobby, by: fixture.mallory.principal) }
    #expect(error?.code == .conflict && error?.detail.contains("members_per_room") == true)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    _ = try fixture.chat.join(lobby, by: fixture.mallory.principal)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 2)
  }

  @Test func `rooms that others add Bob to take only a part of his, until he opens them`() throws {
    let fixture = try fixture { ($0.perUser, $0.unopenedPerUser) = (10, 2) }
    let rooms = try (0..<2).map { try fixture.room("Spam \($0)", .group, by: fixture.mallory, with: [fixture.bob]) }
    let error = refusal { try fixture.room("Spam", .group, by: fixture.mallory, with: [fixture.bob]) }
    #expect(error?.code == .conflict && error?.detail.contains("unopened_rooms_per_user") == true)
    // His own rooms are not concerned.
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Own", .group, by: fixture.bob)
    // A message alone opens nothing; reading it does, and so does writing.
    try fixture.post("hello", in: rooms[0], by: fixture.mallory)
    #expect(refusal { try fixture.room("Spam", .group, by: fixture.mallory, with: [fixture.bob]) }?.code == .conflict)
    try fixture.mark(rooms[0], read: 1, by: fixture.bob)
    _ = try fixture.room("Third", .group, by: fixture.mallory, with: [fixture.bob])
    try fixture.post("hello", in: rooms[1], by: fixture.bob)
    _ = try fixture.room("Fourth", .group, by: fixture.mallory, with: [fixture.bob])
    #expect(try fixture.chat.room(lobby, for: fixture.bob.principal).membership != nil)
  }
}
