// What becomes of a stored mail: waiting, sent, tried again, given up, and what of it is erased.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MailsTests {
  private let database: TemporaryDatabase
  private let alice: User
  private let address: EmailAddress

  init() throws {
    database = try TemporaryDatabase()
    alice = try database.addUser("alice")
    address = try EmailAddress("alice@example.org")
  }

  private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000 + 1000 * seconds) }

  private func insert(_ kind: MailKind = .verifyEmail, link: String = "https://x/secret", validUntil: Timestamp? = nil) throws -> Int64 {
    let mail = Mail(kind, to: address, user: alice.rowID, fields: [.link: link], validUntil: validUntil)
    let now = time(0)
    return try database.write { try Mails.insert(mail, at: now, $0) }
  }

  private func due(_ seconds: Int64) throws -> [DueMail] { try database.read { try Mails.due(at: time(seconds), limit: 10, $0) } }
  private func record(_ id: Int64) throws -> MailRecord? { try database.read { try Mails.find(id, $0) } }
  private func stored(_ id: Int64) throws -> String? {
    try database.read { try $0.first("SELECT fields FROM mails WHERE id = ?", .integer(id)) { $0.text(0) } }
  }

  @Test func `a mail is due at once, also for a clock that is behind, with what it was given`() throws {
    let (first, second) = (try insert(validUntil: time(60)), try insert(.test))
    let mails = try due(-1000)
    #expect(mails.map(\.id) == [first, second] && mails.map(\.kind) == [.verifyEmail, .test])
    #expect(mails[0].fields == [.link: "https://x/secret"] && mails[0].recipient == "alice@example.org")
    #expect(mails[0].validUntil == time(60) && mails[0].triedSince == time(0) && mails[0].attempts == 0 && mails[0].unanswered == 0)
    #expect(mails[0].messageID.utf8.count == 32 && mails[0].messageID != mails[1].messageID)
    #expect(try record(first)?.dueAt == time(0))
  }

  @Test func `a mail that was sent is never due again, and its link is erased`() throws {
    let (id, at) = (try insert(), time(5))
    #expect(try database.write { try Mails.handOver(id, $0) })
    try database.write { try Mails.sent(id, at: at, $0) }
    #expect(try due(1_000_000) == [] && stored(id) == "{}")
    let sent = try record(id)
    #expect(sent?.state == .sent && sent?.dueAt == at && sent?.attempts == 1 && sent?.lastError == nil)
    #expect(try database.write { try Mails.handOver(id, $0) } == false)
    #expect(try database.write { try Mails.retry(id, at: at, $0) } == 0)
  }

  @Test func `what was handed over is counted until the server answers`() throws {
    let (id, at) = (try insert(), time(60))
    _ = try database.write { try Mails.handOver(id, $0) }
    try database.write { try Mails.failed(id, because: "lost", retryAt: at, isAnswered: false, isHeld: false, $0) }
    #expect(try due(59) == [] && due(60).map(\.unanswered) == [1] && due(60).map(\.attempts) == [1])
    #expect(try record(id)?.lastError == "lost")
    _ = try database.write { try Mails.handOver(id, $0) }
    #expect(try due(60).map(\.unanswered) == [2])
    try database.write { try Mails.failed(id, because: "451", retryAt: at, isAnswered: true, isHeld: false, $0) }
    #expect(try due(60).map(\.unanswered) == [0])
  }

  @Test func `what waits for the server is due when it works again, and nothing else`() throws {
    let (held, other, at) = (try insert(), try insert(), time(9999))
    try database.write { try Mails.failed(held, because: "refused", retryAt: at, isAnswered: true, isHeld: true, $0) }
    try database.write { try Mails.failed(other, because: "greylisted", retryAt: at, isAnswered: true, isHeld: false, $0) }
    #expect(try database.write { try Mails.releaseHeld($0) } == 1)
    #expect(try due(0).map(\.id) == [held])
  }

  @Test func `the operator has a mail tried again that was given up, from its first pause on`() throws {
    let (id, link, old, at) = (try insert(.test), try insert(), try insert(validUntil: time(10)), time(100))
    for mail in [id, link, old] { try database.write { try Mails.gaveUp(mail, because: String(repeating: "é", count: 900), at: at, $0) } }
    #expect(try due(1_000_000) == [] && database.read(Mails.counts) == (0, 3))
    #expect(try record(id)?.state == .givenUp && record(id)?.lastError?.count == 500)
    #expect(try database.write { try Mails.retry(id, at: at, $0) } == 1)
    #expect(try due(100).map(\.id) == [id] && due(100).map(\.triedSince) == [at] && due(100).map(\.attempts) == [0])
    #expect(try database.write { try Mails.retry(nil, at: at, $0) } == 2, "all but the one whose link works no more")
    #expect(try database.read(Mails.counts) == (2, 1))
    #expect(try database.write { try Mails.retry(77, at: at, $0) } == 0)
  }

  @Test func `the list has what was sent only if it is asked for, a page at a time`() throws {
    let ids = try (0..<3).map { _ in try insert(.test) }
    try database.write { try Mails.sent(ids[1], at: Timestamp(milliseconds: 1), $0) }
    #expect(try database.read { try Mails.list(after: 0, withSent: true, limit: 2, $0) }.map(\.id) == [ids[0], ids[1]])
    #expect(try database.read { try Mails.list(after: ids[1], withSent: true, limit: 2, $0) }.map(\.id) == [ids[2]])
    #expect(try database.read { try Mails.list(after: 0, withSent: false, limit: 9, $0) }.map(\.id) == [ids[0], ids[2]])
  }

  @Test func `a link is erased when it works no more, and what is over is forgotten after a week`() throws {
    let (expiring, lasting, gone) = (try insert(validUntil: time(60)), try insert(), try insert(.test))
    let (before, after, later) = (time(59), time(60), Timestamp(milliseconds: time(0).milliseconds + Mails.keepMilliseconds))
    try database.write { try Mails.gaveUp(gone, because: "no", at: Timestamp(milliseconds: 1_000_000), $0) }
    _ = try database.write { try Mails.sweep(at: before, $0) }
    #expect(try stored(expiring)?.contains("secret") == true)
    _ = try database.write { try Mails.sweep(at: after, $0) }
    #expect(try stored(expiring) == "{}" && stored(lasting)?.contains("secret") == true && record(gone) != nil)
    _ = try database.write { try Mails.sweep(at: later, $0) }
    #expect(try record(gone) == nil && record(lasting)?.state == .waiting)
  }

  @Test func `a newer mail of a kind takes the place of those that wait, and a deleted account has none`() throws {
    let bob = try database.addUser("bob")
    let (waiting, sent, other) = (try insert(), try insert(), try insert(.passwordChanged))
    let ofBob = Mail(.verifyEmail, to: address, user: bob.rowID)
    let bobs = try database.write { try Mails.insert(ofBob, at: Timestamp(milliseconds: 1), $0) }
    try database.write { try Mails.sent(sent, at: Timestamp(milliseconds: 1), $0) }
    let user = alice.rowID
    try database.write { try Mails.withdraw(.verifyEmail, of: user, $0) }
    #expect(try record(waiting) == nil && record(sent) != nil && record(other) != nil && record(bobs) != nil)
    let name = try Username("deleted-1")
    try database.write { try Erasures.begin(user, username: name, displayName: "Gone", at: Timestamp(milliseconds: 1), $0) }
    #expect(try database.read { try Mails.list(after: 0, withSent: true, limit: 9, $0) }.map(\.id) == [bobs])
    #expect(try database.damages() == [])
  }

  @Test func `a field is one line, and bounded`() throws {
    let text = "a\r\nBcc: mallory@example.org\u{2028}\u{202e}\0b"
    let mail = Mail(.newDevice, to: address, user: nil, fields: [.device: text, .link: String(repeating: "é", count: 2000)])
    #expect(mail.fields[.device] == "a  Bcc: mallory@example.org   b")
    #expect(mail.fields[.link]?.utf8.count == Mail.fieldBytesMax)
  }
}
