// Mallory is kept out.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct BansTests {
  @Test func `Mallory, banned from the Lobby, is out at once and comes in by no door until the ban is lifted`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    let invite = try fixture.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite
    try fixture.post("here I am", in: lobby, by: fixture.mallory)
    let (ban, isNew) = try fixture.chat.ban(fixture.mallory.id, from: lobby, reason: " spam ", by: fixture.alice.principal)
    #expect(isNew && ban.reason == "spam" && ban.user.username == "mallory" && ban.bannedBy == fixture.alice.principal.user.id)
    let told = try #require(try fixture.journal().last)
    #expect(try told.kind == .memberLeft && JSONValue(told.data)["reason"] == .string("banned"))

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

  @Test func `a group from which Mallory is banned does not exist for her, whatever code she holds`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    let invite = try fixture.chat.invite(to: group, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite
    _ = try fixture.chat.ban(fixture.mallory.id, from: group, reason: nil, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.acceptInvite(invite.code.text, by: fixture.mallory.principal) } == .notFound)
    #expect(refusal { try fixture.chat.join(group, by: fixture.mallory.principal) } == .notFound)
    #expect(try fixture.chat.acceptInvite(invite.code.text, by: fixture.bob.principal).membership?.role == .member)
  }

  @Test func `moderators ban those below them, members ban nobody, and nobody bans herself`() throws {
    let fixture = try ChatFixture()
    let carol = try fixture.signUp("carol")
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory, carol)
    for person in [fixture.bob, carol] {
      _ = try fixture.chat.putMember(person.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    }
    func ban(_ person: TestUser, by principal: TestUser) -> ChatError.Code? {
      refusal { try fixture.chat.ban(person.id, from: lobby, reason: nil, by: principal.principal) }?.code
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
  func `from the place of a ban on, whatever was on its way, Mallory neither comes nor speaks`(round: Int) throws {
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
    let told = try fixture.journal()
    let ban = try #require(try told.firstIndex { try $0.kind == .memberLeft && JSONValue($0.data)["reason"] == .string("banned") })
    #expect(told[(ban + 1)...].isEmpty, "nothing of hers has a place after it")
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 2)
  }

  @Test func `parallel joins, bans and words never put a word of a banned one after the ban`() throws {
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
    // The journal is the witness: between her going and her next coming, Mallory says nothing.
    var isIn = false
    var spoke = 0
    for entry in try fixture.journal() {
      switch entry.kind {
      case .memberJoined where entry.user == mallory: isIn = true
      case .memberLeft where entry.user == mallory: isIn = false
      case .newMessage:
        spoke += 1
        #expect(isIn, "a word at \(entry.position)")
      default: break
      }
    }
    #expect(!isIn)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.lastSeq == Int64(spoke))
  }
}
