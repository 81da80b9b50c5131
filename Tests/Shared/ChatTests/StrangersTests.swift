// Mallory cannot tell a room that is not hers from one that does not exist.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct StrangersTests {
  /// Everything that can be done to a room by its name.
  static let attempts: [(name: String, attempt: @Sendable (House, String) throws -> Void)] = [
    ("see it", { house, room in _ = try house.chat.room(room, for: house.mallory.actor) }),
    ("read it", { house, room in _ = try house.chat.page(of: room, .latest, limit: 5, for: house.mallory.actor) }),
    ("read a message", { house, room in _ = try house.chat.message(1, in: room, for: house.mallory.actor) }),
    ("list its members", { house, room in _ = try house.chat.members(of: room, for: house.mallory.actor, after: 0, limit: 5) }),
    ("post", { house, room in _ = try house.say("x", in: room, by: house.mallory) }),
    ("post under a name", { house, room in _ = try house.say("x", in: room, by: house.mallory, clientID: "fresh") }),
    ("post under a name she has used", { house, room in _ = try house.say("x", in: room, by: house.mallory, clientID: "used") }),
    ("post a reply", { house, room in _ = try house.say("x", in: room, by: house.mallory, replyTo: 1) }),
    ("edit", { house, room in _ = try house.edit(1, in: room, to: "x", by: house.mallory) }),
    ("edit what is not there", { house, room in _ = try house.edit(99, in: room, to: "x", by: house.mallory) }),
    ("delete", { house, room in _ = try house.delete(1, in: room, by: house.mallory) }),
    ("join", { house, room in _ = try house.chat.join(room, by: house.mallory.actor) }),
    ("leave", { house, room in try house.chat.leave(room, by: house.mallory.actor) }),
    ("rename it", { house, room in _ = try house.chat.updateRoom(room, name: "Mine", topic: nil, by: house.mallory.actor) }),
    ("come in", { house, room in _ = try house.chat.putMember(house.mallory.id, into: room, role: nil, by: house.mallory.actor) }),
    ("take in Bob", { house, room in _ = try house.chat.putMember(house.bob.id, into: room, role: "owner", by: house.mallory.actor) }),
    ("throw Alice out", { house, room in try house.chat.removeMember(house.alice.id, from: room, by: house.mallory.actor) }),
    ("delete it", { house, room in try house.chat.deleteRoom(room, by: house.mallory.actor) }),
    ("ban Alice", { house, room in _ = try house.chat.ban(house.alice.id, from: room, reason: nil, by: house.mallory.actor) }),
    ("look for a ban", { house, room in _ = try house.chat.ban(of: house.bob.id, from: room, for: house.mallory.actor) }),
    ("list bans", { house, room in _ = try house.chat.bans(from: room, for: house.mallory.actor, after: 0, limit: 5) }),
    ("lift a ban", { house, room in try house.chat.unban(house.mallory.id, from: room, by: house.mallory.actor) }),
    ("invite", { house, room in _ = try house.chat.invite(to: room, expiresInSeconds: nil, uses: nil, by: house.mallory.actor) }),
    ("list invitations", { house, room in _ = try house.chat.invites(to: room, for: house.mallory.actor, after: 0, limit: 5) }),
    ("revoke an invitation", { house, room in try house.chat.revokeInvite("abc", to: room, by: house.mallory.actor) }),
    ("report", { house, room in _ = try house.chat.report(1, in: room, reason: nil, by: house.mallory.actor) }),
    ("list reports", { house, room in _ = try house.chat.reports(in: room, for: house.mallory.actor, after: 0, limit: 5) }),
    ("settle reports", { house, room in try house.chat.settleReports(of: 1, in: room, by: house.mallory.actor) }),
    ("throw herself out", { house, room in try house.chat.removeMember(house.mallory.id, from: room, by: house.mallory.actor) }),
  ]

  @Test func `whatever Mallory tries on Alice's room, she is answered as if it did not exist`() throws {
    let house = try House()
    let mine = try house.room("Mallory's", .group, by: house.mallory)
    try house.say("something else", in: mine, by: house.mallory, clientID: "used")
    let group = try house.room("Alice's", .group, by: house.alice, with: [house.bob])
    let direct = try house.chat.makeRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [house.bob.id]), by: house.alice.actor, idempotencyKey: nil)
    for room in [group, direct.view.room.id.text] { try house.say("secret", in: room, by: house.alice) }
    let before = try house.chat.lastPosition()
    for (name, attempt) in Self.attempts {
      let absent = try #require(refusal { try attempt(house, "0123456789abcdef") }, "\(name)")
      #expect(absent == .notFound, "\(name)")
      for room in [group, direct.view.room.id.text] { #expect(refusal { try attempt(house, room) } == absent, "\(name)") }
    }
    #expect(try house.chat.lastPosition() == before, "nothing was changed")
  }

  @Test func `Alice herself may do what Mallory may not`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice, with: [house.bob])
    try house.say("secret", in: group, by: house.alice)
    #expect(try house.chat.room(group, for: house.alice.actor).room.name == "Alice's")
    #expect(try house.chat.page(of: group, .latest, limit: 5, for: house.bob.actor).count == 1)
    #expect(try house.chat.members(of: group, for: house.bob.actor, after: 0, limit: 5).count == 2)
    _ = try house.chat.updateRoom(group, name: "Ours", topic: "t", by: house.alice.actor)
    #expect(try house.chat.room(group, for: house.bob.actor).room.name == "Ours")
  }

  @Test(arguments: ["", " ", "a-b", "../lobby", "' OR 1=1 --", "a\u{0}", String(repeating: "a", count: 33)])
  func `a name that no room can have is answered like a room that does not exist`(room: String) throws {
    let house = try House()
    for (name, attempt) in Self.attempts { #expect(refusal { try attempt(house, room) } == .notFound, "\(name)") }
  }

  @Test func `a public room may be seen and joined, and not read or written before`() throws {
    let house = try House()
    let lobby = try house.lobby()
    try house.say("hello", in: lobby, by: house.alice)
    #expect(try house.chat.room(lobby, for: house.mallory.actor).membership == nil)
    #expect(refusal { try house.chat.page(of: lobby, .latest, limit: 5, for: house.mallory.actor) }?.code == .forbidden)
    #expect(refusal { try house.say("x", in: lobby, by: house.mallory) }?.code == .forbidden)
    #expect(refusal { try house.edit(1, in: lobby, to: "x", by: house.mallory) }?.code == .forbidden)
    #expect(refusal { try house.delete(1, in: lobby, by: house.mallory) }?.code == .forbidden)
    #expect(try house.chat.join(lobby, by: house.mallory.actor).membership?.role == .member)
    #expect(try house.chat.page(of: lobby, .latest, limit: 5, for: house.mallory.actor).count == 1)
    let joined = try house.chat.lastPosition()
    _ = try house.chat.join(lobby, by: house.mallory.actor)
    #expect(try house.chat.lastPosition() == joined, "joining again changes nothing")
  }

  @Test func `Mallory, removed from the Lobby's back room, finds it gone, having been in it`() throws {
    let house = try House()
    let room = try house.room("Back room", .group, by: house.alice, with: [house.mallory])
    try house.say("hello", in: room, by: house.alice)
    #expect(try house.chat.page(of: room, .latest, limit: 5, for: house.mallory.actor).count == 1)
    try house.chat.removeMember(house.mallory.id, from: room, by: house.alice.actor)
    #expect(refusal { try house.chat.page(of: room, .latest, limit: 5, for: house.mallory.actor) } == .notFound)
    #expect(refusal { try house.say("x", in: room, by: house.mallory) } == .notFound)
    #expect(try house.chat.rooms(of: house.mallory.actor, after: nil, limit: 10).isEmpty)
  }
}
