// Registration, login, sessions and tokens.
import Chat
import Configuration
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct AccountsTests {
  private func register(
    _ fixture: ChatFixture, _ name: String, password: String = TestUser.password, email: String? = nil, displayName: String? = nil,
    key: String? = nil
  ) throws -> SignIn {
    try fixture.chat.register(
      username: name, password: password, email: email, displayName: displayName, userAgent: "tests", idempotencyKey: key)
  }

  @Test func `registration signs in, under the folded username`() throws {
    let fixture = try ChatFixture()
    let signIn = try register(fixture, "Carol", email: "Carol@Example.org", displayName: " Carol C. ")
    #expect(signIn.user.username == "carol" && signIn.user.displayName == "Carol C.")
    #expect(try fixture.chat.authenticate(accessToken: signIn.accessToken).user == signIn.user)
    #expect(try register(fixture, "dave").user.displayName == "dave")
    #expect(refusal { try register(fixture, "CAROL") }?.code == .usernameTaken)
    #expect(refusal { try register(fixture, "erin", email: "carol@example.ORG") }?.code == .emailTaken)
    #expect(try register(fixture, "erin").user.username == "erin", "the refused sign-up left nothing behind")
  }

  @Test func `a rejected registration names the field`() throws {
    let fixture = try ChatFixture()
    func fields(_ attempt: () throws -> SignIn) -> [String]? { refusal(of: attempt)?.fields.map(\.field) }
    #expect(fields { try register(fixture, "ab") } == ["username"])
    #expect(fields { try register(fixture, "carol", password: "short") } == ["password"])
    #expect(fields { try register(fixture, "carol", password: "password") } == ["password"])
    #expect(fields { try register(fixture, "carol", password: String(repeating: "x", count: 129)) } == ["password"])
    #expect(fields { try register(fixture, "carol", email: "no address") } == ["email"])
    #expect(fields { try register(fixture, "carol", displayName: "\u{202e}") } == ["display_name"])
    #expect(fields { try register(fixture, "carol", key: "a b") } == ["Idempotency-Key"])
  }

  @Test(arguments: [
    "admin", "Admin", "SYSTEM", "all", "here", "everyone", "channel", "echochat", "support", "root", "postmaster", "no-reply",
  ])
  func `a name that could pass for the service is reserved`(name: String) throws {
    let fixture = try ChatFixture()
    #expect(refusal { try register(fixture, name) }?.fields.map(\.field) == ["username"])
    #expect(refusal { try register(fixture, name) }?.fields.map(\.code) == ["reserved"])
    #expect(try register(fixture, name + "1").user.username == name.lowercased() + "1")
  }

  @Test func `who has a reserved name keeps it`() throws {
    let fixture = try ChatFixture()
    let alice = fixture.alice.principal.user
    _ = try fixture.chat.commit { transaction in
      try transaction.database.run("UPDATE users SET username = 'support' WHERE id = ?", .integer(alice.rowID.value))
    }
    let support = try fixture.logIn("support")
    #expect(support.principal.user.username == "support")
    #expect(try fixture.chat.updateProfile(displayName: "Help desk", statusText: nil, by: support.principal).username == "support")
    #expect(try fixture.chat.suspend("support") && fixture.chat.unsuspend("support"), "the operator's commands know it")
    #expect(refusal { try register(fixture, "support") }?.fields.map(\.code) == ["reserved"])
  }

  @Test func `of ten concurrent registrations of one username, one succeeds`() throws {
    let fixture = try ChatFixture()
    let answers = Threads.run(10) { _ in refusal { try register(fixture, "carol") }?.code }
    #expect(answers.filter { $0 == nil }.count == 1)
    #expect(answers.compactMap { $0 } == [ChatError.Code](repeating: .usernameTaken, count: 9))
  }

  @Test func `a registration repeated with its key signs in to the same account, given the password`() throws {
    let fixture = try ChatFixture()
    let first = try register(fixture, "carol", key: "k1")
    let again = try register(fixture, "carol", key: "k1")
    #expect(again.user == first.user && again.refreshToken != first.refreshToken)
    #expect(refusal { try register(fixture, "carol", key: "k2") }?.code == .usernameTaken)
    #expect(refusal { try register(fixture, "carol", password: "another good password", key: "k1") }?.code == .usernameTaken)
    #expect(refusal { try register(fixture, "carol", displayName: "C", key: "k1") }?.code == .usernameTaken)
    #expect(refusal { try register(fixture, "alice", key: "k1") }?.code == .usernameTaken)
  }

  @Test func `a user signs in by username or e-mail address, in any case, and only with the right password`() throws {
    let fixture = try ChatFixture()
    _ = try register(fixture, "carol", email: "carol@example.org")
    for login in ["carol", "CAROL", "carol@example.org", "Carol@Example.Org"] {
      #expect(try fixture.logIn(login).principal.user.username == "carol")
    }
    let wrong = refusal { try fixture.logIn("carol", password: "wrong password") }
    #expect(wrong?.code == .badCredentials)
    for login in ["nobody", "nobody@example.org", "", "carol ", "' OR 1=1 --", "caro"] {
      #expect(refusal { try fixture.logIn(login) } == wrong, "unknown user and wrong password get the same error")
    }
  }

  @Test func `without a username one is made from the address, free and valid`() throws {
    let fixture = try ChatFixture()
    func signUp(_ address: String, key: String? = nil) throws -> User {
      try fixture.chat.register(
        username: nil, password: TestUser.password, email: address, displayName: nil, userAgent: "tests", idempotencyKey: key
      ).user
    }
    let carol = try signUp("Carol.Jones+chat@example.org", key: "k1")
    #expect(carol.username == "carol.jones" && carol.displayName == "carol.jones")
    #expect(try fixture.logIn("carol.jones+chat@example.org").principal.user == carol)
    #expect(try signUp("Carol.Jones+chat@example.org", key: "k1") == carol, "a repeated request")
    #expect(refusal { try signUp("carol.jones+chat@example.org", key: "k2") }?.code == .emailTaken)
    let other = try signUp("carol.jones@example.net").username
    #expect(other.hasPrefix("carol.jones-") && other.utf8.count == 14)
    #expect(try signUp("jo@example.org").username.hasPrefix("jo-"))
    #expect(try signUp("admin@example.org").username.hasPrefix("admin-"), "the name itself is reserved")
    let missing = refusal {
      try fixture.chat.register(
        username: nil, password: TestUser.password, email: nil, displayName: nil, userAgent: "tests", idempotencyKey: nil)
    }
    #expect(missing?.fields.map(\.field) == ["username"])
  }

  @Test func `of ten concurrent registrations by addresses that look alike, all get names of their own`() throws {
    let fixture = try ChatFixture()
    let users = Threads.run(10) { number in
      try? fixture.chat.register(
        username: nil, password: TestUser.password, email: "carol@host\(number).example", displayName: nil, userAgent: "tests",
        idempotencyKey: nil
      ).user
    }.compactMap { $0 }
    #expect(Set(users.map(\.username)).count == 10 && users.allSatisfy { $0.username.hasPrefix("carol") })
  }

  @Test(arguments: ["", "x", "é", String(repeating: "A", count: 43), String(repeating: "A", count: 10_000)])
  func `what is no token of ours is refused like one that is unknown`(token: String) throws {
    let fixture = try ChatFixture()
    #expect(refusal { try fixture.chat.refresh(token) }?.code == .badCredentials)
    try fixture.chat.endSession(ofToken: token)
    #expect(refusal { try fixture.chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.redeemingTicket(token) }?.code == .unauthenticated || token.utf8.count == 43)
  }

  @Test func `a changed password ends the other sessions and keeps this one`() throws {
    let fixture = try ChatFixture()
    let phone = try fixture.logIn("alice")
    let next = "another good password"
    #expect(refusal { try fixture.chat.changePassword(from: "wrong", to: next, by: phone.principal) }?.code == .badCredentials)
    #expect(
      refusal { try fixture.chat.changePassword(from: TestUser.password, to: "short", by: phone.principal) }?.fields.map(\.field) == [
        "new_password"
      ])
    #expect(try fixture.chat.authenticate(accessToken: fixture.alice.signIn.accessToken).user.username == "alice", "nothing happened yet")

    try fixture.chat.changePassword(from: TestUser.password, to: next, by: phone.principal)
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.refresh(fixture.alice.signIn.refreshToken) }?.code == .badCredentials)
    #expect(try fixture.chat.authenticate(accessToken: phone.signIn.accessToken).user.username == "alice")
    #expect(refusal { try fixture.logIn("alice") }?.code == .badCredentials)
    #expect(try fixture.logIn("alice", password: next).principal.user.username == "alice")
    #expect(try fixture.logIn("bob").principal.user.username == "bob", "Bob's password is Bob's")
  }

  @Test func `signing out ends the own session, and another one by its id`() throws {
    let fixture = try ChatFixture()
    let phone = try fixture.logIn("alice")
    let tablet = try fixture.logIn("alice")
    #expect(try fixture.chat.sessions(of: phone.principal).count == 3)
    try fixture.chat.logOut(phone.principal)
    #expect(refusal { try fixture.chat.authenticate(accessToken: phone.signIn.accessToken) }?.code == .unauthenticated)
    try fixture.chat.endSession(tablet.principal.sessionID.text, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.authenticate(accessToken: tablet.signIn.accessToken) }?.code == .unauthenticated)
    #expect(try fixture.chat.sessions(of: fixture.alice.principal).map(\.rowID) == [fixture.alice.principal.session])
    for id in [fixture.bob.principal.sessionID.text, "nobody", "a-b", tablet.principal.sessionID.text] {
      #expect(refusal { try fixture.chat.endSession(id, by: fixture.alice.principal) } == .notFound)
    }
    #expect(try fixture.chat.authenticate(accessToken: fixture.bob.signIn.accessToken).user.username == "bob")
  }

  @Test func `a token of another installation is rejected`() throws {
    let fixture = try ChatFixture()
    let other = try ChatFixture()
    #expect(refusal { try fixture.chat.authenticate(accessToken: other.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.refresh(other.alice.signIn.refreshToken) }?.code == .badCredentials)
  }

  @Test func `a suspended user is rejected by every API`() throws {
    let fixture = try ChatFixture()
    let ticket = try fixture.chat.issueTicket(for: fixture.mallory.principal)
    let mallory = fixture.mallory.principal.user.rowID.value
    _ = try fixture.chat.commit { try $0.database.run("UPDATE users SET suspended_at = 1 WHERE id = ?", .integer(mallory)) }
    #expect(refusal { try fixture.logIn("mallory") }?.code == .suspended)
    #expect(refusal { try fixture.logIn("mallory", password: "wrong password") }?.code == .badCredentials)
    #expect(refusal { try fixture.chat.refresh(fixture.mallory.signIn.refreshToken) }?.code == .suspended)
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.mallory.signIn.accessToken) }?.code == .suspended)
    #expect(refusal { try fixture.chat.commit(try fixture.chat.redeemingTicket(ticket)) }?.code == .suspended)
    #expect(
      refusal { try fixture.chat.resume(fixture.mallory.principal.claim, since: nil, replayBufferStart: 0) }?.code == .suspended)
  }

  @Test func `a ticket is redeemed once, for the session that it was issued to`() throws {
    let fixture = try ChatFixture()
    let ticket = try fixture.chat.issueTicket(for: fixture.alice.principal)
    let takers = Threads.run(10) { _ in try? fixture.chat.commit(try fixture.chat.redeemingTicket(ticket)) }.compactMap { $0 }
    #expect(takers == [fixture.alice.principal.claim])
    let unused = try fixture.chat.issueTicket(for: fixture.alice.principal)
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try fixture.chat.commit(try fixture.chat.redeemingTicket(unused)) }?.code == .unauthenticated)
  }

  @Test func `a session expires when it is not refreshed for its lifetime`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.refreshTokenSeconds = $0.accessTokenSeconds / 2 }
    clock.advance(seconds: fixture.chat.settings.refreshTokenSeconds)
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.refresh(fixture.alice.signIn.refreshToken) }?.code == .badCredentials)
    #expect(
      refusal { try fixture.chat.resume(fixture.alice.principal.claim, since: nil, replayBufferStart: 0) }?.code
        == .unauthenticated)
    try fixture.chat.sweep()
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM sessions") { $0.integer(0) } } == 0)
  }

  @Test func `a stopped chat answers that it is restarting`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    fixture.chat.stop()
    let error = #expect(throws: GroupCommit.Stopped.self) { try fixture.post("x", in: lobby, by: fixture.alice) }
    #expect(error.map { ChatError(mapping: $0).code } == .unavailable)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.name == "Lobby", "reading goes on")
  }

  @Test func `every kind of failure maps to a ChatError`() {
    #expect(ChatError(mapping: ChatError.notFound) == .notFound)
    #expect(ChatError(mapping: StoreError(sqliteCode: 5, message: "secret detail", sql: "")).code == .busy)
    let broken = ChatError(mapping: StoreError(sqliteCode: 10, message: "secret detail", sql: "SELECT secret"))
    #expect(broken.code == .unavailable && broken.retryAfterMilliseconds != nil && !broken.detail.contains("secret"))
  }
}
