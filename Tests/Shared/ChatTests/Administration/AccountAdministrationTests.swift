// The operator's work on accounts.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct AccountAdministrationTests {
  @Test func `the operator makes an account, also of a reserved name; until it has a password nobody signs in to it`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    _ = try fixture.chat.setDefault(true, room: lobby)
    let made = try fixture.chat.makeAccount(username: "Support", email: "Help@Example.org", isOperator: true, by: .tests)
    #expect(made.isNew && made.account.user.username == "support" && made.account.email == "help@example.org" && made.account.isOperator)
    #expect(made.account.rooms == 1)
    for password in ["", "x", TestUser.password] {
      #expect(refusal { try fixture.chat.logIn(login: "support", password: password, userAgent: "") }?.code == .badCredentials)
    }
    try fixture.chat.setPassword(TestUser.password, of: .username("support"), by: .tests)
    _ = try fixture.logIn("support")
  }

  @Test func `an account that cannot be is not made`() throws {
    let fixture = try ChatFixture()
    _ = try fixture.chat.makeAccount(username: "carol", email: "carol@example.org", by: .tests)
    let chat = fixture.chat
    #expect(refusal { try chat.makeAccount(username: "ALICE", by: .tests) }?.code == .usernameTaken)
    #expect(refusal { try chat.makeAccount(username: "dave", email: "carol@example.org", by: .tests) }?.code == .emailTaken)
    #expect(refusal { try chat.makeAccount(username: "d e", by: .tests) }?.fields.first?.field == "username")
    #expect(refusal { try chat.makeAccount(username: "dave", email: "x", by: .tests) }?.fields.first?.field == "email")
    #expect(refusal { try chat.makeAccount(username: "dave", password: "short", by: .tests) }?.fields.first?.field == "password")
    #expect(refusal { try chat.makeAccount(username: "dave", displayName: "\n", by: .tests) }?.fields.first?.field == "display_name")
    #expect(refusal { try chat.account("dave") }?.code == .notFound)
  }

  @Test func `a repeated request makes one account`() throws {
    let fixture = try ChatFixture()
    _ = try fixture.chat.setOperator(true, .username("alice"), by: .tests)
    let alice = try fixture.chat.operator(fixture.alice.principal, address: nil)
    let first = try fixture.chat.makeAccount(username: "carol", idempotencyKey: "k", by: alice)
    let second = try fixture.chat.makeAccount(username: "carol", idempotencyKey: "k", by: alice)
    #expect(first.isNew && !second.isNew && first.account.user.id == second.account.user.id)
    #expect(refusal { try fixture.chat.makeAccount(username: "dave", idempotencyKey: "k", by: alice) }?.code == .clientIDReused)
  }

  @Test func `a renamed user is told of in each of their rooms, and found by the new name alone`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("earlier", in: lobby, by: fixture.bob)
    let before = try fixture.journal().count
    #expect(try fixture.chat.rename(.username("bob"), to: "Info", by: .tests).user.username == "info")
    let event = try #require(try fixture.journal().dropFirst(before).first)
    #expect(event.kind == .userUpdated && event.user == fixture.bob.principal.user.rowID)
    #expect(try JSONValue(event.data)["username"] == .string("info"))
    #expect(try fixture.journal().count == before + 1)
    _ = try fixture.logIn("info")
    #expect(refusal { try fixture.logIn("bob") }?.code == .badCredentials)
    #expect(try fixture.chat.users(searchedBy: "info", after: nil, limit: 5).map(\.user.id.text) == [fixture.bob.id])
    #expect(try fixture.chat.users(searchedBy: "bob", after: nil, limit: 5).map(\.user.displayName) == ["bob"], "still the display name")
    #expect(refusal { try fixture.chat.rename(.username("info"), to: "alice", by: .tests) }?.code == .usernameTaken)
    #expect(refusal { try fixture.chat.rename(.username("bob"), to: "rob", by: .tests) }?.code == .notFound)
    #expect(try fixture.chat.rename(.username("info"), to: "INFO", by: .tests).user.username == "info")
    #expect(try fixture.journal().count == before + 1, "nothing changed")
  }

  @Test func `a password that the operator sets ends all sessions`() throws {
    let fixture = try ChatFixture()
    let phone = try fixture.logIn("bob")
    let before = try fixture.journal().count
    try fixture.chat.setPassword("another long walk", of: .id(fixture.bob.id), by: .tests)
    for user in [fixture.bob, phone] {
      #expect(refusal { try fixture.chat.authenticate(accessToken: user.signIn.accessToken) }?.code == .unauthenticated)
      #expect(refusal { try fixture.chat.refresh(user.signIn.refreshToken) }?.code == .badCredentials)
    }
    #expect(try fixture.journal().dropFirst(before).map(\.kind) == [.sessionEnded, .sessionEnded])
    #expect(refusal { try fixture.logIn("bob") }?.code == .badCredentials)
    _ = try fixture.logIn("bob", password: "another long walk")
    #expect(refusal { try fixture.chat.setPassword("password", of: .username("bob"), by: .tests) }?.code == .invalidField)
    #expect(refusal { try fixture.chat.setPassword("another long walk", of: .username("nobody"), by: .tests) }?.code == .notFound)
  }

  @Test func `a deleted account leaves its rooms and is erased`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("mine", in: lobby, by: fixture.bob)
    try fixture.chat.deleteAccount(.username("bob"), by: .tests)
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.bob.signIn.accessToken) }?.code == .unauthenticated)
    #expect(try fixture.journal().contains { $0.kind == .memberLeft && $0.user == fixture.bob.principal.user.rowID })
    let message = try JSONValue(fixture.chat.message(1, in: lobby, for: fixture.alice.principal))
    #expect(message["display_name"] == .string(Chat.deletedName) && message["content"] == .string("mine"))
    for reference in [AccountReference.username("bob"), .id(fixture.bob.id)] {
      #expect(refusal { try fixture.chat.deleteAccount(reference, by: .tests) }?.code == .notFound)
    }
  }

  @Test func `sessions are listed and ended, one or all`() throws {
    let fixture = try ChatFixture()
    let (chat, bob) = (fixture.chat, AccountReference.username("bob"))
    let phone = try fixture.logIn("bob")
    #expect(try Set(chat.sessions(of: bob, for: .tests).map(\.id)) == [fixture.bob.principal.sessionID, phone.principal.sessionID])
    #expect(try chat.endSessions(of: bob, id: phone.principal.sessionID.text, by: .tests) == 1)
    #expect(refusal { try chat.authenticate(accessToken: phone.signIn.accessToken) }?.code == .unauthenticated)
    for id in [phone.principal.sessionID.text, fixture.alice.principal.sessionID.text, "no id"] {
      #expect(refusal { try chat.endSessions(of: bob, id: id, by: .tests) }?.code == .notFound)
    }
    _ = try chat.authenticate(accessToken: fixture.alice.signIn.accessToken)
    #expect(try chat.endSessions(of: bob, id: nil, by: .tests) == 1)
    #expect(try chat.endSessions(of: bob, id: nil, by: .tests) == 0)
    #expect(refusal { try chat.authenticate(accessToken: fixture.bob.signIn.accessToken) }?.code == .unauthenticated)
  }

  @Test func `the user in whose name the service speaks stays as it is`() throws {
    let fixture = try ChatFixture()
    let chat = fixture.chat
    _ = try chat.say("hello", in: .id(fixture.lobby()), by: .tests)
    let system = AccountReference.username("system")
    #expect(try chat.account(system, for: .tests).isSystem)
    let verbs: [() throws -> Any] = [
      { try chat.deleteAccount(system, by: .tests) }, { try chat.rename(system, to: "somebody", by: .tests) },
      { try chat.suspend(system, by: .tests) }, { try chat.setOperator(true, system, by: .tests) },
      { try chat.setPassword("a long walk home", of: system, by: .tests) },
    ]
    for verb in verbs { #expect(refusal(of: verb)?.code == .conflict) }
    #expect(refusal { try chat.logIn(login: "system", password: "", userAgent: "") }?.code == .badCredentials)
  }
}
