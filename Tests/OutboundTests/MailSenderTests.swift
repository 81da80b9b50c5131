// What becomes of due mails, whatever the server says and whenever the program is killed.
import Chat
import Configuration
import Curl
import Domain
import TestSupport
import Testing

@testable import Outbound

/// Answers each mail as it is told; keeps what it has taken.
private final class FakeTransport: MailTransport {
  var answer: (String) -> SMTPResult
  var taken: [(recipient: String, text: String)] = []
  var tries = 0

  init(_ answer: @escaping (String) -> SMTPResult = { _ in .accepted }) { self.answer = answer }

  func send(
    _ mail: [UInt8], from sender: String, to recipient: String, handOver: @escaping () -> Bool, mayGoOn: @escaping () -> Bool
  ) -> SMTPResult {
    tries += 1
    let result = answer(recipient)
    guard result.step == .end else { return result }
    guard mayGoOn(), handOver() else { return SMTPResult(isAccepted: false, step: .data, reply: nil, isBrokenOff: true) }
    if result.isAccepted || result.reply == nil { taken.append((recipient, String(decoding: mail, as: UTF8.self))) }
    return result
  }

  func close() {}
}

extension SMTPResult {
  fileprivate static let accepted = SMTPResult(isAccepted: true, step: .end, reply: SMTPReply(code: 250, text: "ok"))
  /// The server has the mail, but its answer is lost.
  fileprivate static let lost = SMTPResult(isAccepted: false, step: .end, reply: nil, error: "the connection broke")
  fileprivate static let unreachable = SMTPResult(isAccepted: false, step: .connecting, reply: nil, error: "connection refused")

  fileprivate static func refused(_ step: SMTPStep, _ code: Int) -> SMTPResult {
    SMTPResult(isAccepted: false, step: step, reply: SMTPReply(code: code, text: "no https://chat.example.net/#secret"))
  }
}

private final class NoStop: StopFlag {
  var (mayBegin, mayWait) = (true, true)
}

@Suite struct MailSenderTests {
  private let clock = ManualClock()
  private let fixture: ChatFixture
  private let transport = FakeTransport()
  private let stop = NoStop()
  private var chat: Chat { fixture.chat }

  init() throws { fixture = try ChatFixture(clock: clock) }

  /// As after a start of the program.
  private func sender() throws -> MailSender {
    let composer = MailComposer(MailSettings(), siteURL: "https://chat.example.net", templates: MailTemplates(directory: nil))
    return MailSender(
      chat: chat, clock: clock, transport: transport, composer: composer, pauses: RetryPauses(MailSettings()) { 0 }, stop: stop)
  }

  /// Stores a mail that was caused by nothing.
  private func insert(_ name: String = "alice", _ kind: MailKind = .passwordChanged, validSeconds: Int64? = nil) throws -> Int64 {
    let fields: [MailField: String] = kind.hasLink ? [.link: "https://chat.example.net/#secret"] : [:]
    let validUntil = validSeconds.map { clock.now + .seconds($0) }
    return try chat.storeMail(Mail(kind, to: try EmailAddress("\(name)@example.org"), user: nil, fields: fields, validUntil: validUntil))
  }

  private func record(_ id: Int64) throws -> MailRecord { try #require(try chat.mail(id)) }
  private func seconds(to time: Timestamp) -> Int64 { (time.milliseconds - clock.now.milliseconds) / 1000 }

  @Test func `what is due is sent once`() throws {
    let (first, second) = (try insert(), try insert("bob"))
    let sender = try sender()
    #expect(try sender.sendDue() && !sender.sendDue())
    #expect(transport.taken.map(\.recipient) == ["alice@example.org", "bob@example.org"])
    #expect(try record(first).state == .sent && record(second).state == .sent && record(first).attempts == 1)
  }

  @Test func `a temporary refusal is tried again after a minute, then after two`() throws {
    transport.answer = { _ in .refused(.recipient, 451) }
    let (id, sender) = (try insert(), try sender())
    #expect(try sender.sendDue())
    #expect(try seconds(to: record(id).dueAt) == 60 && record(id).lastError == "RCPT: 451 no (a link)")
    #expect(try !sender.sendDue())
    clock.advance(seconds: 60)
    #expect(try sender.sendDue() && seconds(to: record(id).dueAt) == 120 && record(id).attempts == 2)
    transport.answer = { _ in .accepted }
    clock.advance(seconds: 120)
    #expect(try sender.sendDue() && record(id).state == .sent && transport.taken.count == 1)
  }

  @Test(arguments: [SMTPStep.recipient, .data, .end])
  func `a refusal of the mail for good is given up at once`(step: SMTPStep) throws {
    transport.answer = { _ in .refused(step, 550) }
    let id = try insert()
    _ = try sender().sendDue()
    #expect(try record(id).state == .givenUp && record(id).lastError?.contains("550 no") == true)
  }

  @Test(arguments: [SMTPStep.connecting, .hello, .startTLS, .login, .sender])
  func `a fault of the settings or the server is not the mail's, even if it is for good`(step: SMTPStep) throws {
    transport.answer = { _ in .refused(step, 550) }
    let id = try insert()
    _ = try sender().sendDue()
    #expect(try record(id).state == .waiting && seconds(to: record(id).dueAt) == 60)
  }

  @Test func `a server that does not work is not asked for every mail, and all are sent as soon as it does`() throws {
    transport.answer = { _ in .unreachable }
    let ids = try (0..<20).map { try insert("user\($0)") }
    let sender = try sender()
    #expect(try sender.sendDue() && !sender.sendDue())
    #expect(transport.tries == MailSender.serverFaultsMax)
    for id in ids { #expect(try record(id).state == .waiting && seconds(to: record(id).dueAt) == 60) }
    transport.answer = { _ in .accepted }
    let new = try insert("new")
    while try sender.sendDue() {}
    for id in ids + [new] { #expect(try record(id).state == .sent) }
    #expect(transport.taken.count == 21)
  }

  @Test func `a mail whose answer is lost is sent once more with the same Message-ID, and then no more`() throws {
    transport.answer = { _ in .lost }
    let (id, sender) = (try insert(), try sender())
    for _ in 0..<5 {
      _ = try sender.sendDue()
      clock.advance(seconds: 86_400 / 2)
    }
    #expect(transport.taken.count == 2 && transport.taken[0].text == transport.taken[1].text)
    #expect(transport.taken[0].text.contains("\r\nMessage-ID: <"))
    #expect(try record(id).state == .givenUp && record(id).lastError?.contains("may have arrived") == true)
  }

  @Test func `a refusal after a lost answer says that the server does not have it`() throws {
    let (id, sender) = (try insert(), try sender())
    for _ in 0..<4 {
      transport.answer = { _ in .lost }
      _ = try sender.sendDue()
      clock.advance(seconds: 3600)
      transport.answer = { _ in .refused(.end, 451) }
      _ = try sender.sendDue()
      clock.advance(seconds: 3600)
    }
    #expect(try record(id).state == .waiting)
  }

  @Test func `killed before the answer is recorded, it sends the mail once more, however often it is killed`() throws {
    let id = try insert()
    var texts: [String] = []
    for _ in 0..<4 {
      // What a process that is killed has done by then.
      guard let mail = try chat.dueMails(at: clock.now, limit: 9).first, mail.unanswered < MailSender.unansweredMax else { break }
      texts.append(mail.messageID)
      #expect(try chat.handOverMail(mail.id))
    }
    #expect(texts.count == 2 && Set(texts).count == 1)
    _ = try sender().sendDue()
    #expect(transport.taken.isEmpty)
    #expect(try record(id).state == .givenUp)
  }

  @Test func `a link that works no more is not sent`() throws {
    let (id, other) = (try insert("alice", .verifyEmail, validSeconds: 60), try insert("bob", .verifyEmail, validSeconds: 120))
    clock.advance(seconds: 60)
    _ = try sender().sendDue()
    #expect(transport.taken.map(\.recipient) == ["bob@example.org"])
    #expect(try record(id).state == .givenUp && record(id).lastError == "its link works no more" && record(other).state == .sent)
  }

  @Test func `a test tells its first failure, and is not tried again`() throws {
    transport.answer = { _ in .refused(.login, 535) }
    let id = try chat.mailTest(to: EmailAddress("op@example.org"))
    _ = try sender().sendDue()
    #expect(try record(id).state == .givenUp && record(id).lastError == "AUTH: 535 no (a link)")
  }

  @Test func `after four days a mail is given up, and the operator has it tried again`() throws {
    transport.answer = { _ in .unreachable }
    let (id, sender) = (try insert(), try sender())
    while try record(id).state == .waiting {
      clock.advance(milliseconds: max(0, try record(id).dueAt.milliseconds - clock.now.milliseconds))
      _ = try sender.sendDue()
    }
    #expect(try record(id).state == .givenUp && record(id).attempts == 15 && record(id).lastError == "connection refused")
    transport.answer = { _ in .accepted }
    #expect(try chat.retryMail(nil) == 1)
    _ = try sender.sendDue()
    #expect(try record(id).state == .sent)
  }

  @Test func `what was sent is forgotten after a week, and a deleted account takes its mails with it`() throws {
    let id = try insert()
    _ = try sender().sendDue()
    let owned = try chat.storeMail(Mail(.newDevice, to: try EmailAddress("bob@example.org"), user: fixture.bob.principal.user.rowID))
    try chat.deleteAccount(password: TestUser.password, by: fixture.bob.principal)
    #expect(try chat.mail(owned) == nil && chat.mail(id) != nil)
    clock.advance(seconds: 7 * 86_400)
    try chat.sweep()
    #expect(try chat.mail(id) == nil)
  }

  @Test func `one that is to stop begins no mail`() throws {
    let id = try insert()
    stop.mayBegin = false
    _ = try sender().sendDue()
    #expect(try transport.tries == 0 && record(id).state == .waiting && record(id).attempts == 0)
  }
}
