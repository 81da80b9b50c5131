// A forgotten password, and what ends with an old one.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct PasswordResetTests {
  private let mailbox: Mailbox
  private var chat: Chat { mailbox.chat }
  private static let other = "two walks along the river"

  init() throws { mailbox = try Mailbox() }

  private func token(_ address: String) throws -> String {
    Mailbox.token(try #require(try mailbox.mails(.resetPassword, to: address).last))
  }

  @Test func `a reset ends all sessions and links, and the link works once`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    let other = try mailbox.logIn("carol")
    try chat.changeEmail(to: "thief@example.org", password: TestUser.password, by: carol, client: nil)
    let thief = Mailbox.token(try mailbox.only(.verifyEmail, to: "thief@example.org"))
    try mailbox.forget("carol@example.org")
    try mailbox.forget("CAROL@example.org")
    let tokens = try mailbox.mails(.resetPassword, to: "carol@example.org").map(Mailbox.token)
    #expect(tokens.count == 2)
    #expect(
      try mailbox.mails(.resetPassword, to: "carol@example.org")[0].fields[.link]?.hasPrefix("https://chat.example.org/#reset=") == true)

    #expect(refusal { try mailbox.reset(tokens[0], to: "short") }?.fields.map(\.field) == ["password"])
    try mailbox.reset(tokens[0], to: Self.other)
    #expect(refusal { try chat.principal(of: carol.claim) }?.code == .unauthenticated)
    #expect(refusal { try chat.authenticate(accessToken: other.accessToken) }?.code == .unauthenticated)
    #expect(refusal { try chat.refresh(other.refreshToken) }?.code == .badCredentials)
    #expect(try mailbox.fixture.journal().filter { $0.kind == .sessionEnded && $0.user == carol.user.rowID }.count == 2)
    #expect(refusal { try mailbox.logIn("carol") }?.code == .badCredentials)
    #expect(try mailbox.logIn("carol@example.org", password: Self.other).user == carol.user)

    for token in tokens { #expect(refusal { try mailbox.reset(token) } == Chat.badTokenForTests) }
    #expect(refusal { try mailbox.verify(thief) } == Chat.badTokenForTests, "nor can a change of address be completed")
    #expect(try mailbox.only(.passwordChanged, to: "carol@example.org").fields[.username] == "carol")
  }

  @Test func `the link expires after an hour`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    try mailbox.forget("carol@example.org")
    let token = try token("carol@example.org")
    mailbox.clock.advance(seconds: 3600)
    #expect(refusal { try mailbox.reset(token) } == Chat.badTokenForTests)
  }

  @Test func `an address that no account or several wait for gets nothing, nor does a suspended or deleted account`() throws {
    _ = try mailbox.signUp("one", "shared@example.org")
    _ = try mailbox.signUp("two", "shared@example.org")
    _ = try mailbox.verified("sus@example.org", of: "sus")
    _ = try chat.suspend("sus")
    let gone = try mailbox.verified("gone@example.org", of: "gone")
    try chat.deleteAccount(password: TestUser.password, by: gone)
    for address in ["nobody@example.org", "shared@example.org", "sus@example.org", "gone@example.org"] {
      try mailbox.forget(address)
      #expect(try mailbox.count(.resetPassword, to: address) == 0, "\(address)")
    }
    #expect(refusal { try chat.forgetPassword(email: "no address") }?.fields.map(\.field) == ["email"])
  }

  @Test func `who registered by an address alone gets in by it, which verifies it`() throws {
    let carol = try mailbox.signUp("carol", "carol@example.org")
    try mailbox.forget("carol@example.org")
    try mailbox.reset(try token("carol@example.org"), to: Self.other)
    let signIn = try mailbox.logIn("carol@example.org", password: Self.other)
    #expect(signIn.user == carol.user)
    let email = try chat.ownAccount(of: chat.authenticate(accessToken: signIn.accessToken)).email
    #expect(email == AccountEmail(address: "carol@example.org", isVerified: true, pending: nil))
  }

  @Test func `an account that waits for an address gets no link while the address is another one's`() throws {
    _ = try mailbox.verified("alice@example.org", of: "alicia")
    _ = try mailbox.signUp("mal", "alice@example.org")
    try mailbox.forget("alice@example.org")
    #expect(try mailbox.only(.resetPassword, to: "alice@example.org").fields[.username] == "alicia")
  }

  @Test func `a thief who has entered an address of theirs does not get back in by it`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    let alice = mailbox.fixture.alice.principal
    for (victim, address) in [(carol, "one@thief.example"), (alice, "two@thief.example")] {
      try chat.changeEmail(to: address, password: TestUser.password, by: victim, client: nil)
      let link = Mailbox.token(try mailbox.only(.verifyEmail, to: address))
      if victim.user == carol.user {
        try mailbox.forget(address)
        #expect(try mailbox.count(.resetPassword, to: address) == 0, "an account that has an address is reset by no other")
      }
      try chat.changePassword(from: TestUser.password, to: Self.other, by: victim)
      #expect(try chat.ownAccount(of: victim).email.pending == nil)
      #expect(refusal { try mailbox.verify(link) } == Chat.badTokenForTests)
      try mailbox.forget(address)
      #expect(try mailbox.count(.resetPassword, to: address) == 0)
      #expect(try mailbox.count(.verifyEmail, to: address) == 0, "what still waits is not sent")
    }
  }

  @Test func `the same holds for a password that the operator sets, unless it is the account's first one`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try chat.changeEmail(to: "one@thief.example", password: TestUser.password, by: carol, client: nil)
    let link = Mailbox.token(try mailbox.only(.verifyEmail, to: "one@thief.example"))
    try mailbox.forget("carol@example.org")
    let reset = try token("carol@example.org")
    try chat.setPassword(Self.other, of: .username("carol"), by: .tests)
    for refused in [refusal { try mailbox.verify(link) }, refusal { try mailbox.reset(reset) }] {
      #expect(refused == Chat.badTokenForTests)
    }
    #expect(try mailbox.count(.verifyEmail, to: "one@thief.example") == 0)
    #expect(try mailbox.count(.passwordChanged, to: "carol@example.org") == 1)
    #expect(try mailbox.logIn("carol@example.org", password: Self.other).user == carol.user)

    _ = try chat.makeAccount(username: "dave", email: "dave@example.org", by: .tests)
    let links = try (0..<2).map { _ in String(try chat.makePasswordLink(for: .username("dave"), by: .tests).url.suffix(43)) }
    #expect(refusal { try mailbox.reset(links[0]) } == Chat.badTokenForTests, "another link replaces it")
    try chat.setPassword(Self.other, of: .username("dave"), by: .tests)
    try mailbox.verify(Mailbox.token(try mailbox.only(.verifyEmail, to: "dave@example.org")))
    #expect(refusal { try mailbox.reset(links[1]) } == Chat.badTokenForTests, "and so does a password")
    #expect(try mailbox.logIn("dave@example.org", password: Self.other).user.username == "dave")
    _ = try chat.suspend("dave")
    #expect(refusal { try chat.makePasswordLink(for: .username("dave"), by: .tests) }?.code == .conflict)
  }

  @Test func `an account without a password gets its first one by mail, unless somebody else signs its user in`() throws {
    let imported = try ImportedAccount([.username: "yara", .email: "yara@example.org"], now: mailbox.clock.now)
    try chat.commit { _ = try Users.insert(imported, id: PublicID(trusted: "yara1"), digest: 1, at: $0.now, $0) }
    _ = try chat.makeAccount(username: "dave", email: "dave@example.org", by: .tests)
    for (name, address) in [("yara", "yara@example.org"), ("dave", "dave@example.org")] {
      try mailbox.forget(address)
      try mailbox.reset(try token(address), to: Self.other)
      #expect(try mailbox.logIn(address, password: Self.other).user.username == name)
    }
    let known = try chat.signIn(remoteUser: "zoe", userAgent: "tests").user
    try chat.commit { try Users.setEmail(EmailAddress("zoe@example.org"), verifiedAt: $0.now, of: known.rowID, $0) }
    try mailbox.forget("zoe@example.org")
    #expect(try mailbox.count(.resetPassword, to: "zoe@example.org") == 0)
  }

  @Test func `an address gets three mails in an hour, and more requests change nothing`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    for _ in 0..<5 { try mailbox.forget("carol@example.org") }
    #expect(try mailbox.count(.resetPassword, to: "carol@example.org") == 3)
    mailbox.clock.advance(seconds: 3601)
    try mailbox.forget("carol@example.org")
    #expect(try mailbox.count(.resetPassword, to: "carol@example.org") == 4)
  }

  @Test func `a suspended user's link is refused`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    try mailbox.forget("carol@example.org")
    _ = try chat.suspend("carol")
    #expect(refusal { try mailbox.reset(try token("carol@example.org")) }?.code == .suspended)
  }

  @Test func `the operator's link to set a password ends what a thief has begun, too`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try chat.changeEmail(to: "thief@example.org", password: TestUser.password, by: carol, client: nil)
    let thief = Mailbox.token(try mailbox.only(.verifyEmail, to: "thief@example.org"))
    let link = try chat.makePasswordLink(for: .username("carol"), by: .commandLine("root"))
    try mailbox.reset(link.url.split(separator: "=", maxSplits: 1).last.map(String.init) ?? "")
    #expect(refusal { try mailbox.verify(thief) } == Chat.badTokenForTests)
  }

  @Test func `a deleted account leaves no address, token, device or mail`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try chat.changeEmail(to: "new@example.org", password: TestUser.password, by: carol, client: nil)
    try mailbox.forget("carol@example.org")
    try chat.deleteAccount(password: TestUser.password, by: carol)
    for table in ["account_tokens", "mails", "known_devices"] {
      let count = try mailbox.fixture.read {
        try $0.first(Statement(composing: "SELECT count(*) FROM \(table) WHERE user_id = ?"), .integer(carol.user.rowID.value)) {
          $0.integer(0)
        }
      }
      #expect(count == 0, "\(table)")
    }
    let own = try mailbox.fixture.read { try Users.ownAccount(of: carol.user.rowID, $0) }
    #expect(own?.email == AccountEmail(address: nil, isVerified: false, pending: nil))
    _ = try mailbox.verified("carol@example.org", of: "carol")
  }

  @Test func `the export has the addresses and when devices were seen`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try chat.changeEmail(to: "new@example.org", password: TestUser.password, by: carol, client: nil)
    let export = try chat.accountExport(of: carol)
    #expect(export.own?.email == AccountEmail(address: "carol@example.org", isVerified: true, pending: "new@example.org"))
    #expect(export.devices.count == 1)
  }

  @Test func `the export has the mails to the verified address, and does not tell whose another address is`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try mailbox.forget("carol@example.org")
    try mailbox.logIn("carol", userAgent: "Lynx")
    #expect(try chat.accountExport(of: carol).mails.map(\.kind) == ["reset_password", "new_device"])
    for address in ["carol@example.org", "free@example.org"] {
      let mallory = try mailbox.signUp("mal-\(address.prefix(4))", address)
      #expect(try chat.accountExport(of: mallory).mails.isEmpty, "\(address)")
      try chat.changeEmail(to: address, password: TestUser.password, by: mailbox.fixture.bob.principal, client: nil)
      #expect(try chat.accountExport(of: mailbox.fixture.bob.principal).mails.isEmpty, "\(address)")
    }
  }

  @Test func `what has expired is swept`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    func rows() throws -> [Int64] {
      try ["account_tokens", "mail_times", "known_devices"].map { table in
        try mailbox.fixture.read { try $0.first(Statement(composing: "SELECT count(*) FROM \(table)")) { $0.integer(0) } } ?? -1
      }
    }
    try chat.sweep()
    #expect(try rows() == [1, 1, 4], "of Carol, and the devices of Alice, Bob and Mallory")
    mailbox.clock.advance(seconds: 25 * 3600)
    try chat.sweep()
    #expect(try rows() == [0, 0, 4])
    mailbox.clock.advance(seconds: 181 * 86_400)
    try chat.sweep()
    #expect(try rows() == [0, 0, 0])
  }
}
