// A non-member cannot tell a closed room from one that does not exist.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct NonMembersTests {
  /// Everything that can be done to a room by its name.
  static let attempts: [(name: String, attempt: @Sendable (ChatFixture, String) throws -> Void)] = [
    ("see it", { fixture, room in _ = try fixture.chat.room(room, for: fixture.mallory.principal) }),
    ("read it", { fixture, room in _ = try fixture.chat.page(of: room, .latest, limit: 5, for: fixture.mallory.principal) }),
    ("read a message", { fixture, room in _ = try fixture.chat.message(1, in: room, for: fixture.mallory.principal) }),
    ("list its members", { fixture, room in _ = try fixture.chat.members(of: room, for: fixture.mallory.principal, after: 0, limit: 5) }),
    ("post", { fixture, room in _ = try fixture.post("x", in: room, by: fixture.mallory) }),
    ("post under a name", { fixture, room in _ = try fixture.post("x", in: room, by: fixture.mallory, clientID: "fresh") }),
    (
      "post under a client_id already used", { fixture, room in _ = try fixture.post("x", in: room, by: fixture.mallory, clientID: "used") }
    ),
    ("post a reply", { fixture, room in _ = try fixture.post("x", in: room, by: fixture.mallory, replyTo: 1) }),
    (
      "read replies", { fixture, room in _ = try fixture.chat.replies(to: 1, in: room, for: fixture.mallory.principal, after: 0, limit: 5) }
    ),
    ("see pinned messages", { fixture, room in _ = try fixture.chat.pinnedMessages(in: room, for: fixture.mallory.principal) }),
    ("save a message", { fixture, room in try fixture.chat.saveMessage(1, isSaved: true, in: room, by: fixture.mallory.principal) }),
    ("keep a draft", { fixture, room in _ = try fixture.chat.setDraft("x", replyTo: nil, in: room, by: fixture.mallory.principal) }),
    ("mark it as unread", { fixture, room in _ = try fixture.chat.markUnread(from: 1, in: room, by: fixture.mallory.principal) }),
    (
      "pin a message",
      { fixture, room in
        _ = try fixture.chat.commit(
          try fixture.chat.pinning(1, isPinned: true, in: room, session: fixture.mallory.principal.session))
      }
    ),
    ("edit", { fixture, room in _ = try fixture.edit(1, in: room, to: "x", by: fixture.mallory) }),
    ("edit what is not there", { fixture, room in _ = try fixture.edit(99, in: room, to: "x", by: fixture.mallory) }),
    ("delete", { fixture, room in _ = try fixture.delete(1, in: room, by: fixture.mallory) }),
    ("join", { fixture, room in _ = try fixture.chat.join(room, by: fixture.mallory.principal) }),
    ("leave", { fixture, room in try fixture.chat.leave(room, by: fixture.mallory.principal) }),
    ("rename it", { fixture, room in _ = try fixture.chat.updateRoom(room, name: "Mine", topic: nil, by: fixture.mallory.principal) }),
    (
      "come in",
      { fixture, room in _ = try fixture.chat.putMember(fixture.mallory.id, into: room, role: nil, by: fixture.mallory.principal) }
    ),
    (
      "take in Bob",
      { fixture, room in _ = try fixture.chat.putMember(fixture.bob.id, into: room, role: "owner", by: fixture.mallory.principal) }
    ),
    ("throw Alice out", { fixture, room in try fixture.chat.removeMember(fixture.alice.id, from: room, by: fixture.mallory.principal) }),
    ("delete it", { fixture, room in try fixture.chat.deleteRoom(room, by: fixture.mallory.principal) }),
    ("ban Alice", { fixture, room in _ = try fixture.chat.ban(fixture.alice.id, from: room, reason: nil, by: fixture.mallory.principal) }),
    ("look for a ban", { fixture, room in _ = try fixture.chat.ban(of: fixture.bob.id, from: room, for: fixture.mallory.principal) }),
    ("list bans", { fixture, room in _ = try fixture.chat.bans(from: room, for: fixture.mallory.principal, after: 0, limit: 5) }),
    ("lift a ban", { fixture, room in try fixture.chat.unban(fixture.mallory.id, from: room, by: fixture.mallory.principal) }),
    ("invite", { fixture, room in _ = try fixture.chat.invite(to: room, expiresInSeconds: nil, uses: nil, by: fixture.mallory.principal) }),
    ("list invitations", { fixture, room in _ = try fixture.chat.invites(to: room, for: fixture.mallory.principal, after: 0, limit: 5) }),
    ("revoke an invitation", { fixture, room in try fixture.chat.revokeInvite("abc", to: room, by: fixture.mallory.principal) }),
    ("report", { fixture, room in _ = try fixture.chat.report(1, in: room, reason: nil, by: fixture.mallory.principal) }),
    ("list reports", { fixture, room in _ = try fixture.chat.reports(in: room, for: fixture.mallory.principal, after: 0, limit: 5) }),
    ("settle reports", { fixture, room in try fixture.chat.resolveReports(of: 1, in: room, by: fixture.mallory.principal) }),
    (
      "remove the own membership",
      { fixture, room in try fixture.chat.removeMember(fixture.mallory.id, from: room, by: fixture.mallory.principal) }
    ),
  ]

  @Test func `every request of Mallory on Alice's room gets the answer of a room that does not exist`() throws {
    let fixture = try ChatFixture()
    let mine = try fixture.room("Mallory's", .group, by: fixture.mallory)
    try fixture.post("something else", in: mine, by: fixture.mallory, clientID: "used")
    let group = try fixture.room("Alice's", .group, by: fixture.alice, with: [fixture.bob])
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil)
    for room in [group, direct.view.room.id.text] { try fixture.post("secret", in: room, by: fixture.alice) }
    let before = try fixture.chat.lastPosition()
    for (name, attempt) in Self.attempts {
      let absent = try #require(refusal { try attempt(fixture, "0123456789abcdef") }, "\(name)")
      #expect(absent == .notFound, "\(name)")
      for room in [group, direct.view.room.id.text] { #expect(refusal { try attempt(fixture, room) } == absent, "\(name)") }
    }
    #expect(try fixture.chat.lastPosition() == before, "nothing was changed")
  }

  @Test func `the owner may do what a non-member may not`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.post("secret", in: group, by: fixture.alice)
    #expect(try fixture.chat.room(group, for: fixture.alice.principal).room.name == "Alice's")
    #expect(try fixture.chat.page(of: group, .latest, limit: 5, for: fixture.bob.principal).count == 1)
    #expect(try fixture.chat.members(of: group, for: fixture.bob.principal, after: 0, limit: 5).count == 2)
    _ = try fixture.chat.updateRoom(group, name: "Ours", topic: "t", by: fixture.alice.principal)
    #expect(try fixture.chat.room(group, for: fixture.bob.principal).room.name == "Ours")
  }

  @Test(arguments: ["", " ", "a-b", "../lobby", "' OR 1=1 --", "a\u{0}", String(repeating: "a", count: 33)])
  func `a name that no room can have is answered like a room that does not exist`(room: String) throws {
    let fixture = try ChatFixture()
    for (name, attempt) in Self.attempts { #expect(refusal { try attempt(fixture, room) } == .notFound, "\(name)") }
  }

  @Test func `a non-member sees the newest messages of a public room, and neither reads on nor posts before joining`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    try fixture.post("hello", in: lobby, by: fixture.alice)
    #expect(try fixture.chat.room(lobby, for: fixture.mallory.principal).membership == nil)
    #expect(try fixture.chat.page(of: lobby, .latest, limit: 5, for: fixture.mallory.principal).count == 1)
    for range in [MessageRange.before(2), .after(0), .around(1)] {
      #expect(refusal { try fixture.chat.page(of: lobby, range, limit: 5, for: fixture.mallory.principal) }?.code == .forbidden)
    }
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.mallory) }?.code == .forbidden)
    #expect(refusal { try fixture.edit(1, in: lobby, to: "x", by: fixture.mallory) }?.code == .forbidden)
    #expect(refusal { try fixture.delete(1, in: lobby, by: fixture.mallory) }?.code == .forbidden)
    #expect(try fixture.chat.join(lobby, by: fixture.mallory.principal).membership?.role == .member)
    #expect(try fixture.chat.page(of: lobby, .latest, limit: 5, for: fixture.mallory.principal).count == 1)
    let joined = try fixture.chat.lastPosition()
    _ = try fixture.chat.join(lobby, by: fixture.mallory.principal)
    #expect(try fixture.chat.lastPosition() == joined, "joining again changes nothing")
  }

  @Test func `Mallory, removed from a group, gets not_found where requests succeeded before`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Back room", .group, by: fixture.alice, with: [fixture.mallory])
    try fixture.post("hello", in: room, by: fixture.alice)
    #expect(try fixture.chat.page(of: room, .latest, limit: 5, for: fixture.mallory.principal).count == 1)
    try fixture.chat.removeMember(fixture.mallory.id, from: room, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.page(of: room, .latest, limit: 5, for: fixture.mallory.principal) } == .notFound)
    #expect(refusal { try fixture.post("x", in: room, by: fixture.mallory) } == .notFound)
    #expect(try fixture.chat.rooms(of: fixture.mallory.principal, after: nil, limit: 10).isEmpty)
  }
}
