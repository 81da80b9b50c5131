// ECHOCHAT_REQUIRE_VERIFIED: users without a verified address only read.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct UnverifiedTests {
  private let mailbox: Mailbox
  private var chat: Chat { mailbox.chat }
  private let room: String
  private let alice: Principal
  private let bob: TestUser

  init() throws {
    let mailbox = try Mailbox { $0.requiresVerified = true }
    let (alice, bob) = (mailbox.fixture.alice.principal, mailbox.fixture.bob)
    try mailbox.chat.commit { transaction in
      try Users.setEmail(EmailAddress("alice@example.org"), verifiedAt: transaction.now, of: alice.user.rowID, transaction)
    }
    room = try mailbox.fixture.room("Lobby", .public, by: mailbox.fixture.alice, with: [bob])
    try mailbox.fixture.post("Hello", in: room, by: mailbox.fixture.alice)
    (self.mailbox, self.alice, self.bob) = (mailbox, alice, bob)
  }

  @Test func `an unverified user changes nothing that others see`() throws {
    let (fixture, principal) = (mailbox.fixture, bob.principal)
    let attempts: [(String, () throws -> Void)] = [
      ("post", { try fixture.post("Hi", in: room, by: bob) }),
      ("react", { try fixture.react("👍", to: 1, in: room, by: bob) }),
      ("edit", { try fixture.edit(1, in: room, to: "Hi", by: bob) }),
      ("delete", { try fixture.delete(1, in: room, by: bob) }),
      ("room", { _ = try fixture.room("Mine", .group, by: bob) }),
      ("leave", { _ = try chat.leave(room, by: principal) }),
      ("join", { _ = try chat.join(room, by: principal) }),
      ("profile", { _ = try chat.updateProfile(displayName: "Bob B.", statusText: nil, by: principal) }),
      ("preferences", { _ = try chat.setAddedBy("contacts", by: principal) }),
      ("receipts", { try chat.setHidesReadReceipts(true, by: principal) }),
    ]
    let journal = try fixture.journal().count
    for (name, attempt) in attempts { #expect(refusal(of: attempt)?.code == .emailUnverified, "\(name)") }
    #expect(try fixture.journal().count == journal)
    #expect(chat.isReadOnly(principal))
  }

  @Test func `what is not theirs to see still looks as if it did not exist`() throws {
    let secret = try mailbox.fixture.room("Secret", .group, by: mailbox.fixture.alice)
    let absent = refusal { try mailbox.fixture.post("Hi", in: "nosuchroom", by: bob) }
    #expect(refusal { try mailbox.fixture.post("Hi", in: secret, by: bob) } == absent && absent == .notFound)
  }

  @Test func `they read, mark, sign out and protect their account`() throws {
    let principal = bob.principal
    try mailbox.fixture.mark(room, read: 1, by: bob)
    _ = try chat.issueTicket(for: principal)
    let other = try mailbox.logIn("bob")
    try chat.endSession(try chat.authenticate(accessToken: other.accessToken).sessionID.text, by: principal)
    try chat.changePassword(from: TestUser.password, to: "two walks along the river", by: principal)
    try chat.changeEmail(to: "bob@example.org", password: "two walks along the river", by: principal, client: nil)
    try chat.resendVerification(by: principal)
    try chat.logOut(principal)
    let again = try chat.authenticate(accessToken: mailbox.logIn("bob", password: "two walks along the river").accessToken)
    try chat.deleteAccount(password: "two walks along the river", by: again)
  }

  @Test func `once verified they may do everything, in the session they have`() throws {
    try chat.changeEmail(to: "bob@example.org", password: TestUser.password, by: bob.principal, client: nil)
    #expect(refusal { try mailbox.fixture.post("Hi", in: room, by: bob) }?.code == .emailUnverified, "pending is not verified")
    try mailbox.verify(Mailbox.token(try mailbox.only(.verifyEmail, to: "bob@example.org")))
    try mailbox.fixture.post("Hi", in: room, by: bob)
    _ = try chat.updateProfile(displayName: "Bob B.", statusText: nil, by: bob.principal)
    let now = try chat.principal(of: bob.principal.claim)
    #expect(!chat.isReadOnly(now))
  }

  @Test func `without the setting nobody has to verify anything`() throws {
    let fixture = try ChatFixture()
    try fixture.post("Hi", in: try fixture.lobby(), by: fixture.alice)
    #expect(!fixture.chat.isReadOnly(fixture.alice.principal))
  }
}
