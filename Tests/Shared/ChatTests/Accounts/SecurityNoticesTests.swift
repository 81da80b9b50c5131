// The notices about what was done to an account.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct SecurityNoticesTests {
  private let mailbox: Mailbox
  private var chat: Chat { mailbox.chat }
  private static let other = "two walks along the river"

  init() throws { mailbox = try Mailbox() }

  @Test func `a change of the password is told, and ends the links that were sent`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    try mailbox.forget("carol@example.org")
    let link = Mailbox.token(try mailbox.only(.resetPassword, to: "carol@example.org"))
    try chat.changePassword(from: TestUser.password, to: Self.other, by: carol, userAgent: "Lynx", client: "192.0.2.7")
    let notice = try mailbox.only(.passwordChanged, to: "carol@example.org")
    #expect(notice.fields[.device] == "Lynx" && notice.fields[.address] == "192.0.2.7")
    #expect(try mailbox.count(.resetPassword, to: "carol@example.org") == 0, "a link that is over is not sent")
    #expect(refusal { try mailbox.reset(link) } == Chat.badTokenForTests)
  }

  @Test func `another program or network is a new device, of which the user is told once`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    func count() throws -> Int { try mailbox.count(.newDevice, to: "carol@example.org") }
    try mailbox.logIn("carol")
    #expect(try count() == 0, "the device of the registration")
    try mailbox.logIn("carol", userAgent: "Lynx", client: "192.0.2.7")
    #expect(try mailbox.only(.newDevice, to: "carol@example.org").fields[.device] == "Lynx")
    try mailbox.logIn("carol", userAgent: "Lynx", client: "192.0.2.99")
    #expect(try count() == 1, "the same network")
    try mailbox.logIn("carol", userAgent: "Lynx", client: "192.0.3.7")
    try mailbox.logIn("carol", userAgent: "Lynx", client: "2001:db8:0:1::/64")
    #expect(try mailbox.mails(.newDevice, to: "carol@example.org").last?.fields[.address] == "2001:db8:0:1::/64")
    #expect(try count() == 3)
    try mailbox.logIn("carol", userAgent: "Lynx/2.9.2", client: "192.0.2.7")
    #expect(try count() == 3, "another version is the same program")
    for number in 0..<30 { try mailbox.logIn("carol", userAgent: "program\(number)") }
    #expect(try count() == 20, "20 in an hour are told")
    try mailbox.logIn("alice")
    try mailbox.logIn("alice", userAgent: "Lynx")
    #expect(try mailbox.chat.dueMails(at: Timestamp(milliseconds: .max), limit: 1000).allSatisfy { $0.recipient == "carol@example.org" })
  }

  @Test func `after a long time the first device is new, too`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    mailbox.clock.advance(seconds: 181 * 86_400)
    try chat.sweep()
    try mailbox.logIn("carol")
    #expect(try mailbox.count(.newDevice, to: "carol@example.org") == 1)
  }

  @Test func `a notice tells the program in a few words, not in those of the client`() throws {
    _ = try mailbox.verified("carol@example.org", of: "carol")
    let lure = "Mozilla/5.0 (Windows NT 10.0) Your account is in danger: call evil.example Firefox/1"
    try mailbox.logIn("carol", userAgent: lure)
    #expect(try mailbox.only(.newDevice, to: "carol@example.org").fields[.device] == "Firefox on Windows")
  }

  @Test func `of notices of one kind an account gets twenty in an hour`() throws {
    let carol = try mailbox.verified("carol@example.org", of: "carol")
    for _ in 0..<25 { try chat.setPassword(TestUser.password, of: .username("carol"), by: .commandLine("root")) }
    #expect(try mailbox.count(.passwordChanged, to: "carol@example.org") == 20)
    #expect(try mailbox.mails(.passwordChanged, to: "carol@example.org")[0].fields[.device] == "the operator of this site")
    try mailbox.logIn("carol", userAgent: "Lynx")
    #expect(try mailbox.count(.newDevice, to: "carol@example.org") == 1, "those of another kind are counted by themselves")
    mailbox.clock.advance(seconds: 3601)
    try chat.setPassword(TestUser.password, of: .username(carol.user.username), by: .commandLine("root"))
    #expect(try mailbox.count(.passwordChanged, to: "carol@example.org") == 21)
  }

  @Test func `an address that was never verified gets no notice`() throws {
    let bob = mailbox.fixture.bob.principal
    try chat.commit { try Users.setEmail(EmailAddress("bob@example.org"), verifiedAt: nil, of: bob.user.rowID, $0) }
    try mailbox.logIn("bob", userAgent: "Lynx")
    try chat.changePassword(from: TestUser.password, to: Self.other, by: bob)
    #expect(try chat.mails(after: 0, withSent: true, limit: 10).isEmpty)
  }
}
