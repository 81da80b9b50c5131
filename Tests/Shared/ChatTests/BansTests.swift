// Mallory is kept out.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct BansTests {
  @Test func `Mallory, banned from the Lobby, is out at once and comes in by no door until the ban is lifted`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    let invite = try house.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: house.alice.actor).invite
    try house.say("here I am", in: lobby, by: house.mallory)
    let (ban, isNew) = try house.chat.ban(house.mallory.id, from: lobby, reason: " spam ", by: house.alice.actor)
    #expect(isNew && ban.reason == "spam" && ban.user.username == "mallory" && ban.bannedBy == house.alice.actor.user.id)
    let told = try #require(try house.journal().last)
    #expect(try told.kind == .memberLeft && JSONValue(told.data)["reason"] == .string("banned"))

    #expect(refusal { try house.say("x", in: lobby, by: house.mallory) }?.code == .forbidden)
    #expect(refusal { try house.chat.join(lobby, by: house.mallory.actor) }?.code == .forbidden)
    #expect(refusal { try house.chat.acceptInvite(invite.code.text, by: house.mallory.actor) }?.code == .forbidden)
    #expect(refusal { try house.chat.putMember(house.mallory.id, into: lobby, role: nil, by: house.alice.actor) }?.code == .forbidden)
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.memberCount == 2)

    try house.chat.unban(house.mallory.id, from: lobby, by: house.alice.actor)
    #expect(refusal { try house.chat.unban(house.mallory.id, from: lobby, by: house.alice.actor) } == .notFound)
    #expect(try house.chat.join(lobby, by: house.mallory.actor).membership?.role == .member)
  }

  @Test func `a group from which Mallory is banned does not exist for her, whatever code she holds`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    let invite = try house.chat.invite(to: group, expiresInSeconds: nil, uses: nil, by: house.alice.actor).invite
    _ = try house.chat.ban(house.mallory.id, from: group, reason: nil, by: house.alice.actor)
    #expect(refusal { try house.chat.acceptInvite(invite.code.text, by: house.mallory.actor) } == .notFound)
    #expect(refusal { try house.chat.join(group, by: house.mallory.actor) } == .notFound)
    #expect(try house.chat.acceptInvite(invite.code.text, by: house.bob.actor).membership?.role == .member)
  }

  @Test func `moderators ban those below them, members ban nobody, and nobody bans herself`() throws {
    let house = try House()
    let carol = try house.signUp("carol")
    let lobby = try house.lobby(house.bob, house.mallory, carol)
    for person in [house.bob, carol] { _ = try house.chat.putMember(person.id, into: lobby, role: "moderator", by: house.alice.actor) }
    func ban(_ person: Person, by actor: Person) -> Refusal.Code? {
      refusal { try house.chat.ban(person.id, from: lobby, reason: nil, by: actor.actor) }?.code
    }
    #expect(ban(house.bob, by: house.mallory) == .forbidden)
    #expect(ban(house.alice, by: house.bob) == .forbidden)
    #expect(ban(carol, by: house.bob) == .forbidden)
    #expect(ban(house.bob, by: house.bob) == .forbidden)
    #expect(ban(house.mallory, by: house.bob) == nil)
    #expect(refusal { try house.chat.bans(from: lobby, for: house.mallory.actor, after: 0, limit: 5) }?.code == .forbidden)
    #expect(try house.chat.bans(from: lobby, for: carol.actor, after: 0, limit: 5).map(\.user.username) == ["mallory"])
    #expect(try house.chat.ban(of: house.mallory.id, from: lobby, for: carol.actor).reason == "")
    #expect(refusal { try house.chat.ban(of: house.bob.id, from: lobby, for: carol.actor) } == .notFound)
    let again = try house.chat.ban(house.mallory.id, from: lobby, reason: "once more", by: carol.actor)
    #expect(!again.isNew && again.ban.reason == "once more" && again.ban.bannedBy == house.bob.actor.user.id)
  }

  @Test(arguments: 1...8)
  func `from the place of a ban on, whatever was on its way, Mallory neither comes nor speaks`(round: Int) throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let code = try house.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: house.alice.actor).invite.code.text
    _ = try house.chat.putMember(house.bob.id, into: lobby, role: "moderator", by: house.alice.actor)
    _ = try house.chat.join(lobby, by: house.mallory.actor)
    _ = Threads.run(6) { thread in
      for attempt in 0..<20 {
        switch thread {
        case 0: if attempt == round { _ = try? house.chat.ban(house.mallory.id, from: lobby, reason: nil, by: house.alice.actor) }
        case 1: _ = try? house.chat.join(lobby, by: house.mallory.actor)
        case 2: _ = try? house.chat.acceptInvite(code, by: house.mallory.actor)
        case 3: _ = try? house.chat.putMember(house.mallory.id, into: lobby, role: nil, by: house.bob.actor)
        default: _ = try? house.say("\(thread) \(attempt)", in: lobby, by: house.mallory)
        }
      }
    }
    let told = try house.journal()
    let ban = try #require(try told.firstIndex { try $0.kind == .memberLeft && JSONValue($0.data)["reason"] == .string("banned") })
    #expect(told[(ban + 1)...].isEmpty, "nothing of hers has a place after it")
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.memberCount == 2)
  }

  @Test func `parallel joins, bans and words never put a word of a banned one after the ban`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let mallory = house.mallory.actor.user.number
    _ = Threads.run(6) { thread in
      for round in 0..<25 {
        switch thread {
        case 0: _ = try? house.chat.ban(house.mallory.id, from: lobby, reason: nil, by: house.alice.actor)
        case 1: try? house.chat.unban(house.mallory.id, from: lobby, by: house.alice.actor)
        case 2...3: _ = try? house.chat.join(lobby, by: house.mallory.actor)
        default: _ = try? house.say("\(thread) \(round)", in: lobby, by: house.mallory)
        }
      }
    }
    _ = try house.chat.ban(house.mallory.id, from: lobby, reason: nil, by: house.alice.actor)
    #expect(refusal { try house.say("too late", in: lobby, by: house.mallory) }?.code == .forbidden)
    // The journal is the witness: between her going and her next coming, Mallory says nothing.
    var isIn = false
    var spoke = 0
    for entry in try house.journal() {
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
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.lastSeq == Int64(spoke))
  }
}
