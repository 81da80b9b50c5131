// The e-mail address of an account: verification, change, and what others learn of it.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct EmailTests {
  private let mailbox: Mailbox
  private var chat: Chat { mailbox.chat }

  init() throws { mailbox = try Mailbox() }

  @Test func `a new address is pending until the link in the mail is used, once`() throws {
    let carol = try mailbox.signUp("carol", "Carol@Example.org")
    #expect(try chat.ownAccount(of: carol).email == AccountEmail(address: nil, isVerified: false, pending: "carol@example.org"))
    let mail = try mailbox.only(.verifyEmail, to: "carol@example.org")
    #expect(mail.fields[.username] == "carol")
    let link = try #require(mail.fields[.link])
    #expect(link.hasPrefix("https://chat.example.org/#verify="))
    #expect(refusal { try mailbox.logIn("carol@example.org") }?.code == .badCredentials, "a pending address signs nobody in")

    let token = Mailbox.token(mail)
    try mailbox.verify(token)
    #expect(try chat.ownAccount(of: carol).email == AccountEmail(address: "carol@example.org", isVerified: true, pending: nil))
    #expect(try mailbox.logIn("CAROL@example.org").user.username == "carol")
    #expect(refusal { try mailbox.verify(token) }?.fields.map(\.field) == ["token"], "used")
  }

  @Test func `a token that is expired, of another kind or nobody's is refused like a used one`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    let token = Mailbox.token(try mailbox.only(.verifyEmail, to: "carol@example.org"))
    for bad in ["", "x", String(token.dropLast()), token + "A", String(repeating: "A", count: 43), String(token.reversed())] {
      #expect(refusal { try mailbox.verify(bad) } == Chat.badTokenForTests, "\(bad)")
    }
    #expect(refusal { try mailbox.reset(token) } == Chat.badTokenForTests, "a token to verify resets nothing")
    try mailbox.forget("carol@example.org")
    let reset = Mailbox.token(try mailbox.only(.resetPassword, to: "carol@example.org"))
    #expect(refusal { try mailbox.verify(reset) } == Chat.badTokenForTests)
    mailbox.clock.advance(seconds: 24 * 3600 + 1)
    #expect(refusal { try mailbox.verify(token) } == Chat.badTokenForTests, "expired")
    #expect(try chat.ownAccount(of: carol).email.address == nil)
  }

  @Test func `a taken address is answered like a free one, and its user is told`() throws {
    _ = try mailbox.verified("alice@example.org", of: "alicia")
    let mallory = try mailbox.signUp("mal", "alice@example.org")
    let trent = try mailbox.signUp("tre", "free@example.org")
    #expect(try chat.ownAccount(of: mallory).email.pending == "alice@example.org")
    #expect(try chat.ownAccount(of: trent).email.pending == "free@example.org")
    let notice = try mailbox.only(.addressTaken, to: "alice@example.org")
    #expect(notice.fields == [.username: "alicia", .displayName: "alicia"], "about Alice's account, without a link")
    #expect(try mailbox.count(.verifyEmail, to: "alice@example.org") == 0, "nor does a link go there")
    #expect(refusal { try mailbox.logIn("alice@example.org", password: Mailbox.malloryPassword) }?.code == .badCredentials)
    try chat.resendVerification(by: mallory)
    try chat.resendVerification(by: trent)
    #expect(try mailbox.count(.addressTaken, to: "alice@example.org") == 2)
  }

  @Test func `of two accounts that wait for an address, the first to verify it has it`() throws {
    let bob = try mailbox.signUp("bobby", "shared@example.org")
    let eve = try mailbox.signUp("evie", "shared@example.org")
    let tokens = try mailbox.mails(.verifyEmail, to: "shared@example.org").map(Mailbox.token)
    try mailbox.verify(tokens[1])
    #expect(refusal { try mailbox.verify(tokens[0]) }?.code == .emailTaken)
    #expect(try chat.ownAccount(of: eve).email.isVerified == true)
    #expect(try chat.ownAccount(of: bob).email.address == nil)
  }

  @Test func `an address that was never verified moves to anyone who verifies it`() throws {
    try chat.commit {
      try Users.setEmail(EmailAddress("old@example.org"), verifiedAt: nil, of: mailbox.fixture.bob.principal.user.rowID, $0)
    }
    #expect(try mailbox.logIn("old@example.org").user.username == "bob", "from a time without mail")
    let carol = try mailbox.signUp("carol", "old@example.org")
    try mailbox.verify(Mailbox.token(try mailbox.only(.verifyEmail, to: "old@example.org")))
    #expect(try chat.ownAccount(of: carol).email.address == "old@example.org")
    let before = try chat.ownAccount(of: mailbox.fixture.bob.principal).email
    #expect(before == AccountEmail(address: nil, isVerified: false, pending: "old@example.org"))
  }

  @Test func `a change asks for the password, leaves the old address in force until the link is used, and tells it`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    func change(_ address: String, _ password: String?) throws {
      try chat.changeEmail(to: address, password: password, by: carol, client: nil)
    }
    #expect(refusal { try change("new@example.org", nil) }?.fields.map(\.field) == ["password"])
    #expect(refusal { try change("new@example.org", "wrong password") }?.code == .badCredentials)
    #expect(refusal { try change("no address", TestUser.password) }?.fields.map(\.field) == ["email"])
    try change("carol@example.org", nil)
    #expect(try mailbox.count(.verifyEmail, to: "new@example.org") == 0)

    try change("typo@example.org", TestUser.password)
    let typo = Mailbox.token(try mailbox.only(.verifyEmail, to: "typo@example.org"))
    try change("new@example.org", TestUser.password)
    #expect(refusal { try mailbox.verify(typo) } == Chat.badTokenForTests, "an earlier change is given up")
    #expect(try mailbox.count(.verifyEmail, to: "typo@example.org") == 0, "and its mail, if it still waits")
    let email = try chat.ownAccount(of: carol).email
    #expect(email == AccountEmail(address: "carol@example.org", isVerified: true, pending: "new@example.org"))
    #expect(try mailbox.logIn("carol@example.org").user.username == "carol")

    let token = Mailbox.token(try mailbox.only(.verifyEmail, to: "new@example.org"))
    try change("carol@example.org", nil)
    #expect(try chat.ownAccount(of: carol).email.pending == nil, "the old address takes back what is pending")
    #expect(refusal { try mailbox.verify(token) } == Chat.badTokenForTests)
    #expect(try mailbox.count(.verifyEmail, to: "new@example.org") == 0, "and the mail, if it still waits")

    try change("new@example.org", TestUser.password)
    try mailbox.verify(Mailbox.token(try #require(try mailbox.mails(.verifyEmail, to: "new@example.org").last)))
    #expect(try chat.ownAccount(of: carol).email == AccountEmail(address: "new@example.org", isVerified: true, pending: nil))
    #expect(try mailbox.only(.emailChanged, to: "carol@example.org").fields[.newEmail] == "new@example.org")
    #expect(refusal { try mailbox.logIn("carol@example.org") }?.code == .badCredentials)
  }

  // MARK: The user's other devices

  /// The addresses in the events that the user's own devices get, as far as they are kept.
  private func told(_ user: Principal) throws -> [AccountEmail] {
    try mailbox.fixture.journal().filter { $0.kind == .ownAccount && $0.user == user.user.rowID && $0.room == nil }.map { entry in
      let data = try JSONValue(entry.data)
      return AccountEmail(
        address: data["email"]?.text, isVerified: data["email_verified"] == .bool(true), pending: data["pending_email"]?.text)
    }
  }

  @Test func `every change of the address is told to the user's own devices, and only the newest is kept`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    #expect(try told(carol).isEmpty, "the answer to the registration tells")
    try mailbox.verify(Mailbox.token(try mailbox.only(.verifyEmail, to: "carol@example.org")))
    #expect(try told(carol) == [AccountEmail(address: "carol@example.org", isVerified: true, pending: nil)])
    func change(_ address: String) throws { try chat.changeEmail(to: address, password: TestUser.password, by: carol, client: nil) }
    try change("new@example.org")
    #expect(try told(carol) == [AccountEmail(address: "carol@example.org", isVerified: true, pending: "new@example.org")])
    try change("carol@example.org")
    #expect(try told(carol) == [AccountEmail(address: "carol@example.org", isVerified: true, pending: nil)])
    try change("new@example.org")
    try chat.changePassword(from: TestUser.password, to: "two walks along the river", by: carol)
    #expect(
      try told(carol) == [AccountEmail(address: "carol@example.org", isVerified: true, pending: nil)],
      "another password gives up what is pending")
  }

  @Test func `who loses an address to its user is told, and so are changes of what only they see`() throws {
    let bob = mailbox.fixture.bob.principal
    try chat.commit { try Users.setEmail(EmailAddress("old@example.org"), verifiedAt: nil, of: bob.user.rowID, $0) }
    _ = try mailbox.verified("old@example.org", of: "carol")
    #expect(try told(bob) == [AccountEmail(address: nil, isVerified: false, pending: "old@example.org")])
    for hides in [true, true] { try chat.setHidesReadReceipts(hides, by: bob) }
    let events = try mailbox.fixture.journal().filter { $0.kind == .ownAccount && $0.user == bob.user.rowID }
    #expect(try events.map { try JSONValue($0.data)["hide_read_receipts"] } == [.bool(true)])
  }

  @Test func `who is in no room hears on their own devices what they are called now`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    _ = try chat.updateProfile(displayName: "Carol C.", statusText: nil, by: carol)
    let events = try mailbox.fixture.journal().filter { $0.user == carol.user.rowID && $0.kind.word.map { "\($0)" } == "user_updated" }
    #expect(events.map(\.kind) == [.ownAccount])
    #expect(try JSONValue(events[0].data)["display_name"] == .string("Carol C."))
  }

  // MARK: Limits

  @Test func `links that are over are not sent, and those that were sent do not work`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    try chat.resendVerification(by: carol)
    try mailbox.forget("carol@example.org")
    let reset = Mailbox.token(try mailbox.only(.resetPassword, to: "carol@example.org"))
    try mailbox.verify(Mailbox.token(try #require(try mailbox.mails(.verifyEmail, to: "carol@example.org").first)))
    #expect(try mailbox.count(.verifyEmail, to: "carol@example.org") == 0)
    #expect(try mailbox.count(.resetPassword, to: "carol@example.org") == 0)
    #expect(refusal { try mailbox.reset(reset) } == Chat.badTokenForTests)
  }

  @Test func `a user has five mails sent in an hour, an address gets ten, which nobody learns`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    for _ in 0..<4 { try chat.resendVerification(by: carol) }
    let refused = try #require(refusal { try chat.resendVerification(by: carol) })
    #expect(refused.code == .rateLimited && refused.limit?.name == .mails)
    #expect(refused.retryAfterMilliseconds == 3_600_000)
    #expect(
      refusal { try chat.changeEmail(to: "other@example.org", password: TestUser.password, by: carol, client: nil) }?.code == .rateLimited)
    #expect(try mailbox.count(.verifyEmail, to: "carol@example.org") == 5)
    for number in 0..<7 { _ = try mailbox.signUp("user\(number)", "carol@example.org") }
    let bob = mailbox.fixture.bob.principal
    try chat.changeEmail(to: "carol@example.org", password: TestUser.password, by: bob, client: nil)
    #expect(try mailbox.count(.verifyEmail, to: "carol@example.org") == 10, "the last two get none, nor does a change of an address")
    mailbox.clock.advance(seconds: 3601)
    try chat.resendVerification(by: carol)
    #expect(try mailbox.count(.verifyEmail, to: "carol@example.org") == 11)
  }

  @Test func `there is nothing to resend without an unverified address`() throws {
    #expect(refusal { try chat.resendVerification(by: mailbox.fixture.alice.principal) }?.code == .conflict)
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    #expect(refusal { try chat.resendVerification(by: carol) }?.code == .conflict)
  }

  @Test func `a registration by address alone is repeated by its key, whether or not the address is verified`() throws {
    func signUp(_ key: String, password: String = TestUser.password) throws -> SignIn {
      try chat.register(
        username: nil, password: password, email: "dora@example.org", displayName: nil, userAgent: "tests", idempotencyKey: key)
    }
    let first = try signUp("k1")
    #expect(first.user.username == "dora")
    #expect(try signUp("k1").user == first.user)
    #expect(try signUp("k2").user != first.user, "another registration of the same address is another account")
    try mailbox.verify(Mailbox.token(try #require(try mailbox.mails(.verifyEmail, to: "dora@example.org").first)))
    #expect(try signUp("k1").user == first.user)
    #expect(refusal { try signUp("k1", password: "another password") }?.code == .clientIDReused, "the key alone opens nothing")
  }

  @Test func `without mail an address is the account's at once, unique, and nothing is queued`() throws {
    let fixture = try ChatFixture()
    func signUp(_ name: String, _ address: String) throws -> SignIn {
      try fixture.chat.register(
        username: name, password: TestUser.password, email: address, displayName: nil, userAgent: "tests", idempotencyKey: nil)
    }
    let carol = try fixture.chat.authenticate(accessToken: signUp("carol", "carol@example.org").accessToken)
    #expect(try fixture.chat.ownAccount(of: carol).email == AccountEmail(address: "carol@example.org", isVerified: false, pending: nil))
    #expect(refusal { try signUp("dave", "carol@example.org") }?.code == .emailTaken)
    let dave = try fixture.chat.authenticate(accessToken: signUp("dave", "dave@example.org").accessToken)
    func change(_ address: String) throws {
      try fixture.chat.changeEmail(to: address, password: TestUser.password, by: dave, client: nil)
    }
    #expect(refusal { try change("carol@example.org") }?.code == .emailTaken)
    try change("david@example.org")
    #expect(try fixture.chat.ownAccount(of: dave).email.address == "david@example.org")
    #expect(refusal { try fixture.chat.resendVerification(by: dave) }?.code == .conflict)
    try fixture.chat.forgetPassword(email: "carol@example.org")
    fixture.chat.stop()
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM mails") { $0.integer(0) } } == 0)
  }
}
