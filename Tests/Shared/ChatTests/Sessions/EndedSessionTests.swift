// Every change of a user whose session has ended between its check and the change's transaction.
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@testable import Chat

@Suite struct EndedSessionTests {
  private typealias Verb = (name: String, body: @Sendable (ChatFixture, Places, TestUser) throws -> Void)

  /// What the verbs are about.
  private struct Places {
    let own: String
    let lobby: String
    let invite: String
  }

  /// All of Chat's changes on behalf of a principal.
  private static let verbs: [Verb] = [
    ("block", { fixture, _, user in try fixture.chat.block(fixture.bob.id, by: user.principal) }),
    ("unblock", { fixture, _, user in try fixture.chat.unblock(fixture.bob.id, by: user.principal) }),
    ("join", { fixture, places, user in _ = try fixture.chat.join(places.lobby, by: user.principal) }),
    ("leave", { fixture, places, user in try fixture.chat.leave(places.own, by: user.principal) }),
    (
      "put member",
      { fixture, places, user in _ = try fixture.chat.putMember(fixture.alice.id, into: places.own, role: nil, by: user.principal) }
    ),
    ("remove member", { fixture, places, user in try fixture.chat.removeMember(fixture.bob.id, from: places.own, by: user.principal) }),
    ("ban", { fixture, places, user in _ = try fixture.chat.ban(fixture.bob.id, from: places.own, reason: nil, by: user.principal) }),
    ("unban", { fixture, places, user in try fixture.chat.unban(fixture.bob.id, from: places.own, by: user.principal) }),
    ("report", { fixture, places, user in _ = try fixture.chat.report(1, in: places.own, reason: nil, by: user.principal) }),
    ("resolve reports", { fixture, places, user in try fixture.chat.resolveReports(of: 1, in: places.own, by: user.principal) }),
    (
      "invite",
      { fixture, places, user in _ = try fixture.chat.invite(to: places.own, expiresInSeconds: nil, uses: nil, by: user.principal) }
    ),
    ("revoke invite", { fixture, places, user in try fixture.chat.revokeInvite("x", to: places.own, by: user.principal) }),
    ("accept invite", { fixture, places, user in _ = try fixture.chat.acceptInvite(places.invite, by: user.principal) }),
    ("create room", { fixture, _, user in _ = try fixture.room("New", .group, by: user) }),
    (
      "open direct room",
      { fixture, _, user in
        let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id])
        _ = try fixture.chat.createRoom(new, by: user.principal, idempotencyKey: nil)
      }
    ),
    (
      "update room",
      { fixture, places, user in _ = try fixture.chat.updateRoom(places.own, name: "Other", topic: nil, by: user.principal) }
    ),
    ("delete room", { fixture, places, user in try fixture.chat.deleteRoom(places.own, by: user.principal) }),
    (
      "profile",
      { fixture, _, user in _ = try fixture.chat.updateProfile(displayName: "Other", statusText: nil, by: user.principal) }
    ),
    ("preferences", { fixture, _, user in try fixture.chat.setHidesReadReceipts(true, by: user.principal) }),
    (
      "notifications",
      { fixture, places, user in
        _ = try fixture.chat.updateNotificationSettings(
          NotificationSettingsUpdate(level: "none", mute: nil), in: places.own, by: user.principal)
      }
    ),
    ("markers", { fixture, places, user in _ = try fixture.mark(places.own, read: 1, by: user) }),
    ("post", { fixture, places, user in try fixture.post("new", in: places.own, by: user) }),
    ("edit", { fixture, places, user in try fixture.edit(1, in: places.own, to: "other", by: user) }),
    ("delete", { fixture, places, user in try fixture.delete(1, in: places.own, by: user) }),
    ("react", { fixture, places, user in try fixture.react("👍", to: 1, in: places.own, by: user) }),
    ("ticket", { fixture, _, user in _ = try fixture.chat.issueTicket(for: user.principal) }),
    ("end session", { fixture, _, user in try fixture.chat.endSession(user.principal.sessionID.text, by: user.principal) }),
    ("log out", { fixture, _, user in try fixture.chat.logOut(user.principal) }),
  ]

  /// Everything that a change leaves behind.
  private static func state(_ fixture: ChatFixture) throws -> [Int64] {
    return try fixture.read { database in
      try database.all(
        """
        SELECT count(*) FROM journal UNION ALL SELECT count(*) FROM blocks UNION ALL SELECT count(*) FROM memberships
        UNION ALL SELECT count(*) FROM rooms UNION ALL SELECT count(*) FROM bans UNION ALL SELECT count(*) FROM reports
        UNION ALL SELECT count(*) FROM invites UNION ALL SELECT count(*) FROM tickets UNION ALL SELECT count(*) FROM sessions
        UNION ALL SELECT count(*) FROM messages UNION ALL SELECT sum(hides_reading) FROM users
        """
      ) { $0.integer(0) }
    }
  }

  private static func places(_ fixture: ChatFixture) throws -> Places {
    let own = try fixture.room("Own", .group, by: fixture.mallory, with: [fixture.bob])
    try fixture.post("first", in: own, by: fixture.mallory)
    let lobby = try fixture.lobby(fixture.bob)
    let invite = try fixture.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: fixture.alice.principal).invite
    return Places(own: own, lobby: lobby, invite: invite.code.text)
  }

  @Test func `a session that has ended changes nothing, whatever the change`() throws {
    let fixture = try ChatFixture()
    let places = try Self.places(fixture)
    let phone = try fixture.logIn("mallory")
    try fixture.chat.logOut(phone.principal)
    let before = try Self.state(fixture)
    for verb in Self.verbs {
      #expect(refusal { try verb.body(fixture, places, phone) }?.code == .unauthenticated, "\(verb.name)")
    }
    #expect(throws: ChatError.self) {
      try fixture.chat.changePassword(from: TestUser.password, to: "another long password", by: phone.principal)
    }
    #expect(throws: ChatError.self) { try fixture.chat.deleteAccount(password: TestUser.password, by: phone.principal) }
    #expect(try Self.state(fixture) == before)
  }

  @Test func `a suspended user changes nothing, whatever the change`() throws {
    let fixture = try ChatFixture()
    let places = try Self.places(fixture)
    _ = try fixture.chat.suspend("mallory")
    let before = try Self.state(fixture)
    for verb in Self.verbs {
      #expect(refusal { try verb.body(fixture, places, fixture.mallory) }?.code == .suspended, "\(verb.name)")
    }
    #expect(try Self.state(fixture) == before)
  }

  @Test func `of a deleted account no block stays`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.mallory.principal)
    #expect(refusal { try fixture.chat.block(fixture.bob.id, by: fixture.mallory.principal) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.block(fixture.mallory.id, by: fixture.bob.principal) } == .notFound)
    let mallory = fixture.mallory.principal.user.rowID
    #expect(try fixture.read { try Presences.blockedEitherWay(ofUsers: [mallory], $0) } == [:])
  }

  @Test func `a password that was changed, or whose account was deleted or suspended, while it was verified opens no session`() throws {
    let fixture = try ChatFixture()
    let error = ChatError(.badCredentials, "")
    func code(_ name: String, after change: () throws -> Void) throws -> ChatError.Code? {
      let verified = try #require(try fixture.read { try Users.credentials(login: name, $0) })
      #expect(refusal { try fixture.chat.commit { try Chat.check(verified, error, $0) } } == nil)
      try change()
      return refusal { try fixture.chat.commit { try Chat.check(verified, error, $0) } }?.code
    }
    let changed = try code("alice") {
      try fixture.chat.changePassword(from: TestUser.password, to: "another long password", by: fixture.alice.principal)
    }
    #expect(changed == .badCredentials)
    #expect(try code("bob") { _ = try fixture.chat.suspend("bob") } == .suspended)
    let deleted = try code("mallory") {
      try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.mallory.principal)
    }
    #expect(deleted == .badCredentials)
  }
}
