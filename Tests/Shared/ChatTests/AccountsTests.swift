// Signing up, signing in, and being signed out.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct AccountsTests {
  private func register(
    _ house: House, _ name: String, password: String = Person.password, email: String? = nil, displayName: String? = nil, key: String? = nil
  ) throws -> SignIn {
    try house.chat.register(
      username: name, password: password, email: email, displayName: displayName, userAgent: "tests", idempotencyKey: key)
  }

  @Test func `who signs up is signed in, under the name she chose, folded`() throws {
    let house = try House()
    let signIn = try register(house, "Carol", email: "Carol@Example.org", displayName: " Carol C. ")
    #expect(signIn.user.username == "carol" && signIn.user.displayName == "Carol C.")
    #expect(try house.chat.authenticate(accessToken: signIn.accessToken).user == signIn.user)
    #expect(try register(house, "dave").user.displayName == "dave")
    #expect(refusal { try register(house, "CAROL") }?.code == .usernameTaken)
    #expect(refusal { try register(house, "erin", email: "carol@example.ORG") }?.code == .emailTaken)
    #expect(try register(house, "erin").user.username == "erin", "the refused sign-up left nothing behind")
  }

  @Test func `the refusal of a sign-up names the field`() throws {
    let house = try House()
    func fields(_ attempt: () throws -> SignIn) -> [String]? { refusal(of: attempt)?.fields.map(\.field) }
    #expect(fields { try register(house, "ab") } == ["username"])
    #expect(fields { try register(house, "carol", password: "short") } == ["password"])
    #expect(fields { try register(house, "carol", password: "password") } == ["password"])
    #expect(fields { try register(house, "carol", password: String(repeating: "x", count: 129)) } == ["password"])
    #expect(fields { try register(house, "carol", email: "no address") } == ["email"])
    #expect(fields { try register(house, "carol", displayName: "\u{202e}") } == ["display_name"])
    #expect(fields { try register(house, "carol", key: "a b") } == ["Idempotency-Key"])
  }

  @Test func `ten who want one name at once: one gets it`() throws {
    let house = try House()
    let answers = Threads.run(10) { _ in refusal { try register(house, "carol") }?.code }
    #expect(answers.filter { $0 == nil }.count == 1)
    #expect(answers.compactMap { $0 } == [Refusal.Code](repeating: .usernameTaken, count: 9))
  }

  @Test func `a sign-up sent again with its key signs in to the same account, for who knows the password`() throws {
    let house = try House()
    let first = try register(house, "carol", key: "k1")
    let again = try register(house, "carol", key: "k1")
    #expect(again.user == first.user && again.refreshToken != first.refreshToken)
    #expect(refusal { try register(house, "carol", key: "k2") }?.code == .usernameTaken)
    #expect(refusal { try register(house, "carol", password: "another good password", key: "k1") }?.code == .usernameTaken)
    #expect(refusal { try register(house, "carol", displayName: "C", key: "k1") }?.code == .usernameTaken)
    #expect(refusal { try register(house, "alice", key: "k1") }?.code == .usernameTaken)
  }

  @Test func `Alice signs in by name or address, in any case, and only with her password`() throws {
    let house = try House()
    _ = try register(house, "carol", email: "carol@example.org")
    for login in ["carol", "CAROL", "carol@example.org", "Carol@Example.Org"] {
      #expect(try house.logIn(login).actor.user.username == "carol")
    }
    let wrong = refusal { try house.logIn("carol", password: "wrong password") }
    #expect(wrong?.code == .badCredentials)
    for login in ["nobody", "nobody@example.org", "", "carol ", "' OR 1=1 --", "caro"] {
      #expect(refusal { try house.logIn(login) } == wrong, "unknown and wrong are told in the same words")
    }
  }

  @Test func `a refresh token works once, and shown again it ends the whole session`() throws {
    let house = try House()
    let second = try house.chat.refresh(house.alice.signIn.refreshToken)
    let third = try house.chat.refresh(second.refreshToken)
    #expect(try house.chat.authenticate(accessToken: third.accessToken).user == house.alice.actor.user)
    #expect(try house.chat.holder(ofRefreshToken: third.refreshToken)?.session == house.alice.actor.session)
    #expect(try house.chat.holder(ofRefreshToken: second.refreshToken)?.session == nil)
    let other = try house.logIn("alice")

    #expect(refusal { try house.chat.refresh(second.refreshToken) }?.code == .badCredentials)
    #expect(refusal { try house.chat.refresh(third.refreshToken) }?.code == .badCredentials, "the thief's and the owner's alike")
    for token in [house.alice.signIn.accessToken, second.accessToken, third.accessToken] {
      #expect(refusal { try house.chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    }
    let ended = try #require(try house.journal().last)
    #expect(ended.kind == .sessionEnded && ended.user == house.alice.actor.user.number)
    #expect(String(decoding: ended.data, as: UTF8.self) == String(house.alice.actor.session.number))
    #expect(try house.chat.authenticate(accessToken: other.signIn.accessToken).user.username == "alice", "her other device stays")
  }

  @Test func `of ten who show one refresh token at once, one gets through, and the session is over`() throws {
    let house = try House()
    let token = house.alice.signIn.refreshToken
    let fresh = Threads.run(10) { _ in try? house.chat.refresh(token) }.compactMap { $0 }
    #expect(fresh.count == 1)
    #expect(refusal { try house.chat.refresh(fresh[0].refreshToken) }?.code == .badCredentials)
  }

  @Test(arguments: ["", "x", "é", String(repeating: "A", count: 43), String(repeating: "A", count: 10_000)])
  func `what is no token of ours is refused like one that is unknown`(token: String) throws {
    let house = try House()
    #expect(refusal { try house.chat.refresh(token) }?.code == .badCredentials)
    #expect(try house.chat.holder(ofRefreshToken: token)?.session == nil)
    #expect(refusal { try house.chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    #expect(refusal { try house.chat.takingTicket(token) }?.code == .unauthenticated || token.utf8.count == 43)
  }

  @Test func `a changed password ends the other sessions and keeps this one`() throws {
    let house = try House()
    let phone = try house.logIn("alice")
    let next = "another good password"
    #expect(refusal { try house.chat.changePassword(from: "wrong", to: next, by: phone.actor) }?.code == .badCredentials)
    #expect(
      refusal { try house.chat.changePassword(from: Person.password, to: "short", by: phone.actor) }?.fields.map(\.field) == [
        "new_password"
      ])
    #expect(try house.chat.authenticate(accessToken: house.alice.signIn.accessToken).user.username == "alice", "nothing happened yet")

    try house.chat.changePassword(from: Person.password, to: next, by: phone.actor)
    #expect(refusal { try house.chat.authenticate(accessToken: house.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try house.chat.refresh(house.alice.signIn.refreshToken) }?.code == .badCredentials)
    #expect(try house.chat.authenticate(accessToken: phone.signIn.accessToken).user.username == "alice")
    #expect(refusal { try house.logIn("alice") }?.code == .badCredentials)
    #expect(try house.logIn("alice", password: next).actor.user.username == "alice")
    #expect(try house.logIn("bob").actor.user.username == "bob", "Bob's password is Bob's")
  }

  @Test func `signing out ends this device alone, and another can be signed out by its name`() throws {
    let house = try House()
    let phone = try house.logIn("alice")
    let tablet = try house.logIn("alice")
    #expect(try house.chat.devices(of: phone.actor).count == 3)
    try house.chat.logOut(phone.actor)
    #expect(refusal { try house.chat.authenticate(accessToken: phone.signIn.accessToken) }?.code == .unauthenticated)
    try house.chat.endSession(tablet.actor.sessionID.text, by: house.alice.actor)
    #expect(refusal { try house.chat.authenticate(accessToken: tablet.signIn.accessToken) }?.code == .unauthenticated)
    #expect(try house.chat.devices(of: house.alice.actor).map(\.number) == [house.alice.actor.session])
    for id in [house.bob.actor.sessionID.text, "nobody", "a-b", tablet.actor.sessionID.text] {
      #expect(refusal { try house.chat.endSession(id, by: house.alice.actor) } == .notFound)
    }
    #expect(try house.chat.authenticate(accessToken: house.bob.signIn.accessToken).user.username == "bob")
  }

  @Test func `a token of another house opens nothing here`() throws {
    let house = try House()
    let other = try House()
    #expect(refusal { try house.chat.authenticate(accessToken: other.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try house.chat.refresh(other.alice.signIn.refreshToken) }?.code == .badCredentials)
  }

  @Test func `a suspended user gets in by no door`() throws {
    let house = try House()
    let ticket = try house.chat.makeTicket(for: house.mallory.actor)
    let mallory = house.mallory.actor.user.number.number
    try house.chat.commit { try $0.database.run("UPDATE users SET suspended_at = 1 WHERE id = ?", .integer(mallory)) }
    #expect(refusal { try house.logIn("mallory") }?.code == .suspended)
    #expect(refusal { try house.logIn("mallory", password: "wrong password") }?.code == .badCredentials)
    #expect(refusal { try house.chat.refresh(house.mallory.signIn.refreshToken) }?.code == .suspended)
    #expect(refusal { try house.chat.authenticate(accessToken: house.mallory.signIn.accessToken) }?.code == .suspended)
    let session = try house.chat.commit(try house.chat.takingTicket(ticket))
    #expect(refusal { try house.chat.arrive(session: session, since: nil, tailStart: 0) }?.code == .suspended)
  }

  @Test func `a ticket lets one in, once, on the session that asked for it`() throws {
    let house = try House()
    let ticket = try house.chat.makeTicket(for: house.alice.actor)
    let takers = Threads.run(10) { _ in try? house.chat.commit(try house.chat.takingTicket(ticket)) }.compactMap { $0 }
    #expect(takers == [house.alice.actor.sessionID])
    let unused = try house.chat.makeTicket(for: house.alice.actor)
    try house.chat.logOut(house.alice.actor)
    #expect(refusal { try house.chat.commit(try house.chat.takingTicket(unused)) }?.code == .unauthenticated)
  }

  @Test func `a session that has not been used for its lifetime is over`() throws {
    let house = try House()
    try house.chat.commit { try $0.database.run("UPDATE sessions SET expires_at = 1") }
    #expect(refusal { try house.chat.authenticate(accessToken: house.alice.signIn.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try house.chat.refresh(house.alice.signIn.refreshToken) }?.code == .badCredentials)
    #expect(refusal { try house.chat.arrive(session: house.alice.actor.sessionID, since: nil, tailStart: 0) }?.code == .unauthenticated)
    try house.chat.sweep()
    #expect(try house.read { try $0.first("SELECT count(*) FROM sessions") { $0.integer(0) } } == 0)
  }

  @Test func `a house that has closed says that it is restarting`() throws {
    let house = try House()
    let lobby = try house.lobby()
    house.chat.stop()
    let error = #expect(throws: GroupCommit.Stopped.self) { try house.say("x", in: lobby, by: house.alice) }
    #expect(error.map { Chat.refusal(for: $0).code } == .unavailable)
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.name == "Lobby", "reading goes on")
  }

  @Test func `every kind of failure is told in words for the user`() {
    #expect(Chat.refusal(for: Refusal.notFound) == .notFound)
    #expect(Chat.refusal(for: StoreError(code: 5, message: "secret detail", sql: "")).code == .busy)
    let broken = Chat.refusal(for: StoreError(code: 10, message: "secret detail", sql: "SELECT secret"))
    #expect(broken.code == .unavailable && broken.retryAfterMilliseconds != nil && !broken.detail.contains("secret"))
  }
}
