// Which acts are recorded: each in its own transaction, with who did it.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct AuditTests {
  private static func text(_ entry: AuditEntry) -> String {
    let actor =
      switch entry.actor {
      case .user(let username): username
      case .commandLine(let name): "cli:\(name)"
      case .service: "service"
      case .nobody: "nobody"
      }
    return [entry.action, actor, entry.user ?? "-", entry.address ?? "-"].joined(separator: " ")
  }

  /// What was recorded since the fixture was made.
  private static func entries(_ fixture: ChatFixture, action: AuditAction? = nil) throws -> [AuditEntry] {
    let all = try fixture.chat.auditEntries(about: nil, since: nil, action: action, limit: 1000)
    return action == nil ? Array(all.dropFirst(6)) : all
  }

  @Test func `signing up and in, out, and changing the password are recorded with the address`() throws {
    let fixture = try ChatFixture()
    let chat = fixture.chat
    let before = try chat.auditEntries(about: nil, since: nil, action: nil, limit: 100)
    #expect(before.map(\.action) == ["user_made", "sign_in", "user_made", "sign_in", "user_made", "sign_in"])
    _ = try chat.logIn(
      login: "alice", password: TestUser.password, userAgent: "curl/8", deviceName: "Alice's phone", client: "192.0.2.1")
    let phone = try fixture.logIn("alice")
    try chat.endSession(phone.principal.sessionID.text, by: fixture.alice.principal, client: "192.0.2.2")
    #expect(refusal { try chat.changePassword(from: "wrong", to: "another passphrase", by: fixture.alice.principal) } != nil)
    try chat.changePassword(from: TestUser.password, to: "another passphrase", by: fixture.alice.principal, client: "192.0.2.3")
    try chat.endOtherSessions(by: fixture.alice.principal)
    _ = try fixture.logIn("alice", password: "another passphrase")
    try chat.endOtherSessions(by: fixture.alice.principal, client: "192.0.2.4")
    try chat.logOut(fixture.alice.principal, client: "192.0.2.5")
    #expect(
      try Self.entries(fixture).map(Self.text) == [
        "sign_in alice alice 192.0.2.1", "sign_in alice alice -", "session_ended alice alice 192.0.2.2",
        "password_changed alice alice 192.0.2.3", "sign_in alice alice -", "session_ended alice alice 192.0.2.4",
        "sign_out alice alice 192.0.2.5",
      ])
    #expect(try Self.entries(fixture).map(\.detail).prefix(2) == ["Alice's phone", "tests"])
  }

  @Test func `a failed sign-in is recorded, without what was entered for an account that does not exist`() throws {
    let fixture = try ChatFixture()
    for login in ["alice", "alice", "hunter2 is my password"] {
      #expect(
        refusal { try fixture.chat.logIn(login: login, password: "wrong", userAgent: "", client: "192.0.2.1") }?.code == .badCredentials)
    }
    // The record follows on the writer's thread; what is committed later comes after it.
    try fixture.chat.commit { _ in }
    #expect(
      try Self.entries(fixture).map(Self.text) == ["sign_in_failed nobody alice 192.0.2.1", "sign_in_failed nobody - 192.0.2.1"])
    #expect(try Self.entries(fixture).map(\.count) == [2, 1])
    #expect(
      try fixture.read { try $0.first("SELECT count(*) FROM audit WHERE detail <> '' AND action = 'sign_in_failed'") { $0.integer(0) } }
        == 0)
  }

  @Test func `roles, removals, bans and deletions are recorded with the room`() throws {
    let fixture = try ChatFixture()
    let (chat, alice) = (fixture.chat, fixture.alice.principal)
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try chat.putMember(fixture.bob.id, into: lobby, role: "moderator", by: alice)
    try chat.removeMember(fixture.mallory.id, from: lobby, by: alice)
    _ = try chat.ban(fixture.mallory.id, from: lobby, reason: nil, by: alice)
    _ = try chat.ban(fixture.mallory.id, from: lobby, reason: "again", by: alice)
    try chat.unban(fixture.mallory.id, from: lobby, by: alice)
    try chat.leave(lobby, by: alice)
    try chat.deleteRoom(lobby, by: fixture.bob.principal)
    let entries = try Self.entries(fixture)
    #expect(
      entries.map(Self.text) == [
        "role_changed alice bob -", "member_removed alice mallory -", "member_banned alice mallory -", "member_unbanned alice mallory -",
        "role_changed alice bob -", "room_deleted bob - -",
      ])
    #expect(entries.allSatisfy { $0.room?.text == lobby }, "also of a room that is gone")
    #expect(entries[0].detail == "member -> moderator, changed" && entries[4].detail == "moderator -> owner, inherited")
  }

  @Test func `what an operator does is recorded with the name of their login, what is refused is not`() throws {
    let fixture = try ChatFixture()
    let (chat, root) = (fixture.chat, Operator.commandLine("root"))
    let id = try chat.createPublicRoom(name: "Hall", by: root)
    _ = try chat.setDefault(true, room: "Hall", by: root)
    _ = try chat.setOwner("bob", room: "Hall", by: root)
    _ = try chat.setOwner("bob", room: "Hall", by: root)
    #expect(try chat.suspend(.username("mallory"), by: root) && !chat.suspend(.username("mallory"), by: root))
    #expect(try chat.unsuspend(.username("mallory"), by: root))
    #expect(refusal { try chat.suspend(.username("nobody-here"), by: root) } != nil)
    let entries = try Self.entries(fixture)
    #expect(
      entries.map(Self.text) == [
        "room_made cli:root - -", "room_default_set cli:root - -", "member_added cli:root bob -", "user_suspended cli:root mallory -",
        "user_unsuspended cli:root mallory -",
      ])
    #expect(entries.prefix(3).allSatisfy { $0.room == id })
  }

  @Test func `entries are kept for as long as the setting says`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.auditKeepSeconds = 3600 }
    clock.advance(seconds: 3599)
    try fixture.chat.sweep()
    _ = try fixture.logIn("bob")
    #expect(try fixture.chat.auditEntries(about: nil, since: nil, action: nil, limit: 100).count == 7)
    clock.advance(seconds: 2)
    try fixture.chat.sweep()
    #expect(try fixture.chat.auditEntries(about: nil, since: nil, action: nil, limit: 100).map(Self.text) == ["sign_in bob bob -"])
  }

  @Test func `an export has the user's own entries and tells nothing of who acted on them; an erasure leaves no name`() throws {
    let fixture = try ChatFixture()
    let (chat, bob) = (fixture.chat, fixture.bob)
    _ = try chat.logIn(login: "bob", password: TestUser.password, userAgent: "curl/8", client: "192.0.2.9")
    let lobby = try fixture.lobby(bob)
    _ = try chat.putMember(bob.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    let export = try chat.accountExport(of: bob.principal)
    #expect(export.audit.map(\.action) == ["user_made", "sign_in", "sign_in", "role_changed"])
    var json = JSONWriter()
    json.array { for entry in export.audit { $0.ownAuditEntry(entry, of: bob.principal.user) } }
    let text = String(decoding: json.bytes, as: UTF8.self)
    #expect(text.contains("192.0.2.9") && text.contains("\"actor\":\"other_user\"") && !text.contains("alice"))

    try chat.deleteAccount(password: TestUser.password, by: bob.principal)
    let all = try chat.auditEntries(about: nil, since: nil, action: nil, limit: 100)
    #expect(all.filter { $0.action == "user_deleted" }.count == 1)
    #expect(!all.contains { "\($0)".contains("bob") || $0.address == "192.0.2.9" || $0.detail == "curl" })
  }
}
