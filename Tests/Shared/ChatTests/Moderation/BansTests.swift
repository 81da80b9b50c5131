// Banning users from rooms.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct BansTests {
  @Test func `Mallory, banned from the Lobby, is removed at once and cannot return in any way until the ban is lifted`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    let invite = try fixture.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite
    try fixture.post("here I am", in: lobby, by: fixture.mallory)
    let (ban, isNew) = try fixture.chat.ban(fixture.mallory.id, from: lobby, reason: " spam ", by: fixture.alice.principal)
    #expect(isNew && ban.reason == "spam" && ban.user.username == "mallory" && ban.bannedBy == fixture.alice.principal.user.id)
    let event = try #require(try fixture.journal().last)
    #expect(try event.kind == .memberLeft && JSONValue(event.data)["reason"] == .string("banned"))

    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.mallory) }?.code == .forbidden)
    #expect(refusal { try fixture.chat.join(lobby, by: fixture.mallory.principal) }?.code == .forbidden)
    #expect(refusal { try fixture.chat.acceptInvite(invite.code.text, by: fixture.mallory.principal) }?.code == .forbidden)
    #expect(
      refusal { try fixture.chat.putMember(fixture.mallory.id, into: lobby, role: nil, by: fixture.alice.principal) }?.code == .forbidden)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 2)

    try fixture.chat.unban(fixture.mallory.id, from: lobby, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.unban(fixture.mallory.id, from: lobby, by: fixture.alice.principal) } == .notFound)
    #expect(try fixture.chat.join(lobby, by: fixture.mallory.principal).membership?.role == .member)
  }

  @Test func `a banned author who repeats a request gets what a non-member gets, not what the room did since`() throws {
    let fixture = try ChatFixture()
    for kind in [RoomKind.group, .public] {
      let room = try fixture.room("Room", kind, by: fixture.alice, with: [fixture.mallory])
      let clientID = "c\(kind.rawValue)"
      try fixture.post("mine", in: room, by: fixture.mallory, clientID: clientID)
      try fixture.react("👍", to: 1, in: room, by: fixture.mallory)
      _ = try fixture.chat.ban(fixture.mallory.id, from: room, reason: nil, by: fixture.alice.principal)
      try fixture.react("🎉", to: 1, in: room, by: fixture.alice)
      let repeats: [() throws -> Void] = [
        { try fixture.post("mine", in: room, by: fixture.mallory, clientID: clientID) },
        { try fixture.post("other", in: room, by: fixture.mallory, clientID: clientID) },
        { try fixture.edit(1, in: room, to: "mine", by: fixture.mallory) },
        { try fixture.delete(1, in: room, by: fixture.mallory) },
        { try fixture.react("👍", to: 1, in: room, by: fixture.mallory) },
        { try fixture.unreact("🎉", to: 1, in: room, by: fixture.mallory) },
      ]
      let asNonMember = refusal { try fixture.chat.message(1, in: room, for: fixture.mallory.principal) }
      #expect(asNonMember?.code == (kind == .group ? .notFound : .forbidden))
      for (index, body) in repeats.enumerated() { #expect(refusal(of: body) == asNonMember, "repeat \(index) in a \(kind.word) room") }
    }
  }

  @Test func `a repeated creation of a room says nothing of it to a creator who was removed`() throws {
    let fixture = try ChatFixture()
    let new = NewRoom(kind: "group", name: "Group", topic: nil, members: [fixture.bob.id])
    let room = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: "k").view.room.id.text
    try fixture.chat.leave(room, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: "k") } == .notFound)
    let again = { try fixture.chat.invite(to: room, expiresInSeconds: nil, uses: nil, by: fixture.bob.principal, idempotencyKey: "i") }
    _ = try again()
    _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: "owner", by: fixture.bob.principal)
    _ = try fixture.chat.putMember(fixture.bob.id, into: room, role: "member", by: fixture.mallory.principal)
    #expect(refusal { try again() }?.code == .forbidden)
  }

  @Test func `a group does not exist for a user banned from it, even with an invite`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    let invite = try fixture.chat.invite(to: group, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite
    _ = try fixture.chat.ban(fixture.mallory.id, from: group, reason: nil, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.acceptInvite(invite.code.text, by: fixture.mallory.principal) } == .notFound)
    #expect(refusal { try fixture.chat.join(group, by: fixture.mallory.principal) } == .notFound)
    #expect(try fixture.chat.acceptInvite(invite.code.text, by: fixture.bob.principal).membership?.role == .member)
  }

  @Test func `moderators ban members of a lower role, members ban nobody, and nobody bans themselves`() throws {
    let fixture = try ChatFixture()
    let carol = try fixture.signUp("carol")
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory, carol)
    for user in [fixture.bob, carol] {
      _ = try fixture.chat.putMember(user.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    }
    func ban(_ user: TestUser, by principal: TestUser) -> ChatError.Code? {
      refusal { try fixture.chat.ban(user.id, from: lobby, reason: nil, by: principal.principal) }?.code
    }
    #expect(ban(fixture.bob, by: fixture.mallory) == .forbidden)
    #expect(ban(fixture.alice, by: fixture.bob) == .forbidden)
    #expect(ban(carol, by: fixture.bob) == .forbidden)
    #expect(ban(fixture.bob, by: fixture.bob) == .forbidden)
    #expect(ban(fixture.mallory, by: fixture.bob) == nil)
    #expect(refusal { try fixture.chat.bans(from: lobby, for: fixture.mallory.principal, after: 0, limit: 5) }?.code == .forbidden)
    #expect(try fixture.chat.bans(from: lobby, for: carol.principal, after: 0, limit: 5).map(\.user.username) == ["mallory"])
    #expect(try fixture.chat.ban(of: fixture.mallory.id, from: lobby, for: carol.principal).reason == "")
    #expect(refusal { try fixture.chat.ban(of: fixture.bob.id, from: lobby, for: carol.principal) } == .notFound)
    let again = try fixture.chat.ban(fixture.mallory.id, from: lobby, reason: "once more", by: carol.principal)
    #expect(!again.isNew && again.ban.reason == "once more" && again.ban.bannedBy == fixture.bob.principal.user.id)
  }

  @Test(arguments: 1...8)
  func `after the position of a ban Mallory neither joins nor posts, whatever was in flight`(round: Int) throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let code = try fixture.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite.code.text
    _ = try fixture.chat.putMember(fixture.bob.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    _ = try fixture.chat.join(lobby, by: fixture.mallory.principal)
    _ = Threads.run(6) { thread in
      for attempt in 0..<20 {
        switch thread {
        case 0: if attempt == round { _ = try? fixture.chat.ban(fixture.mallory.id, from: lobby, reason: nil, by: fixture.alice.principal) }
        case 1: _ = try? fixture.chat.join(lobby, by: fixture.mallory.principal)
        case 2: _ = try? fixture.chat.acceptInvite(code, by: fixture.mallory.principal)
        case 3: _ = try? fixture.chat.putMember(fixture.mallory.id, into: lobby, role: nil, by: fixture.bob.principal)
        default: _ = try? fixture.post("\(thread) \(attempt)", in: lobby, by: fixture.mallory)
        }
      }
    }
    let events = try fixture.journal()
    let ban = try #require(try events.firstIndex { try $0.kind == .memberLeft && JSONValue($0.data)["reason"] == .string("banned") })
    #expect(events[(ban + 1)...].isEmpty, "no event after the ban is Mallory's")
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 2)
  }

  @Test func `concurrent joins, bans and posts never place a message of a banned user after the ban`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let mallory = fixture.mallory.principal.user.rowID
    _ = Threads.run(6) { thread in
      for round in 0..<25 {
        switch thread {
        case 0: _ = try? fixture.chat.ban(fixture.mallory.id, from: lobby, reason: nil, by: fixture.alice.principal)
        case 1: try? fixture.chat.unban(fixture.mallory.id, from: lobby, by: fixture.alice.principal)
        case 2...3: _ = try? fixture.chat.join(lobby, by: fixture.mallory.principal)
        default: _ = try? fixture.post("\(thread) \(round)", in: lobby, by: fixture.mallory)
        }
      }
    }
    _ = try fixture.chat.ban(fixture.mallory.id, from: lobby, reason: nil, by: fixture.alice.principal)
    #expect(refusal { try fixture.post("too late", in: lobby, by: fixture.mallory) }?.code == .forbidden)
    // The journal proves it: between leaving and joining again, Mallory posts nothing.
    var isIn = false
    var posted = 0
    for entry in try fixture.journal() {
      switch entry.kind {
      case .memberJoined where entry.user == mallory: isIn = true
      case .memberLeft where entry.user == mallory: isIn = false
      case .newMessage:
        posted += 1
        #expect(isIn, "a word at \(entry.position)")
      default: break
      }
    }
    #expect(!isIn)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.lastSeq == Int64(posted))
  }
}
