// A composed mail: its headers, its two parts, and what cannot get into them.
import Configuration
import Domain
import TestSupport
import Testing

@testable import Outbound

@Suite struct MailComposerTests {
  private let recipient: EmailAddress

  init() throws { recipient = try EmailAddress("alice@example.org") }

  private func composer(_ siteName: String = "EchoChat", templates: String? = nil) throws -> MailComposer {
    var settings = MailSettings()
    settings.sender = "chat@example.net"
    settings.siteName = try #require(SiteName(siteName))
    return MailComposer(settings, siteURL: "https://chat.example.net", templates: MailTemplates(directory: templates))
  }

  private func mail(_ kind: MailKind, _ fields: [MailField: String] = [:], seconds: Int64? = nil) -> DueMail {
    let made = Timestamp(rfc3339: "2026-11-29T14:05:06.789Z") ?? Timestamp(milliseconds: 0)
    return DueMail(
      id: 1, kind: kind, recipient: recipient.text, fields: fields, messageID: "0123456789abcdef0123456789abcdef", createdAt: made,
      validUntil: seconds.map { made + .seconds($0) }, triedSince: made, attempts: 0, unanswered: 0)
  }

  private func text(_ kind: MailKind, _ fields: [MailField: String] = [:], siteName: String = "EchoChat", templates: String? = nil) throws
    -> String
  {
    let message = try composer(siteName, templates: templates).message(kind, mail(kind, fields, seconds: 86_400), to: recipient)
    return String(decoding: message, as: UTF8.self)
  }

  private func headers(_ text: String) -> [String] {
    var lines: [String] = []
    for line in text.split(separator: "\r\n", omittingEmptySubsequences: false).prefix(while: { !$0.isEmpty }) {
      if line.hasPrefix(" "), let last = lines.popLast() { lines.append(last + line) } else { lines.append(String(line)) }
    }
    return lines
  }

  @Test func `the headers are those of a mail that no machine answers`() throws {
    #expect(
      headers(try text(.resetPassword, [.username: "alice", .link: "https://chat.example.net/?t=1"])) == [
        "Date: 29 Nov 2026 14:05:06 +0000", "From: \"EchoChat\" <chat@example.net>", "To: <alice@example.org>",
        "Subject: Choose a new password for EchoChat", "Message-ID: <0123456789abcdef0123456789abcdef@example.net>",
        "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "MIME-Version: 1.0",
        "Content-Type: multipart/alternative; boundary=\"=_0123456789abcdef0123456789abcdef\"",
      ])
  }

  static let hostile = [
    "x\r\nBcc: mallory@example.org", "x\nBcc: mallory@example.org\n\nHello", "x\rBcc: mallory@example.org", "x\u{0}\u{7f}\u{85}",
    "x\u{2028}Bcc: mallory@example.org", "\r\n\r\n--=_0123456789abcdef0123456789abcdef--\r\n", "\r\n.\r\nMAIL FROM:<mallory@example.org>",
    String(repeating: "y", count: 4000), String(repeating: "é", count: 1000), "=?utf-8?Q?=0D=0ABcc:_m@example.org?=", "\"> <m@example.org>",
    "<script>alert(1)</script>&\"'", "{{link}}",
  ]

  @Test(arguments: hostile)
  func `nothing that a mail is made of becomes a header, ends a part or makes a long line`(word: String) throws {
    let fields = Dictionary(uniqueKeysWithValues: MailField.allCases.map { ($0, word) })
    let names: Set = [
      "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    ]
    let directory = TemporaryDirectory()
    for kind in MailKind.allCases {
      // Every place in the subject, too.
      let places = MailTemplate.names.sorted().map { "{{\($0)}}" }.joined(separator: " ")
      TemporaryDirectory.write(Array("Subject: \(places)\n\n\(places)".utf8), to: "\(directory.path)/\(kind.rawValue).txt")
      TemporaryDirectory.write(Array("<p>\(places)</p>".utf8), to: "\(directory.path)/\(kind.rawValue).html")
      for templates in [nil, directory.path] {
        let text = try text(kind, fields, templates: templates)
        #expect(Set(headers(text).map { String($0.prefix { $0 != ":" }) }) == names && headers(text).count == names.count)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.utf8.count <= 998 && $0.utf8.allSatisfy { 0x20...0x7e ~= $0 } && $0 != "." })
        let html = text.split(separator: "Content-Type: text/html").last ?? ""
        #expect(!html.contains("<script") && (templates == nil || html.contains("&lt;script") == word.contains("<script")))
      }
    }
  }

  @Test(arguments: ["EchoChat\r\nBcc: m@example.org", "a\u{0}b", ""])
  func `no site is called so`(name: String) { #expect(SiteName(name) == nil) }

  @Test func `a name that is not ASCII, or has quotes, is encoded`() throws {
    #expect(HeaderText.phrase("Bob's \"Chat\" \\") == "\"Bob's \\\"Chat\\\" \\\\\"")
    #expect(HeaderText.phrase("Gespräch") == "=?utf-8?B?R2VzcHLDpGNo?=")
    #expect(HeaderText.words("=?utf-8?Q?x?=") == "=?utf-8?B?PT91dGYtOD9RP3g/PQ==?=")
    #expect(HeaderText.words("Plain: words") == "Plain: words")
    let long = HeaderText.words(String(repeating: "😀", count: 100)).split(separator: "\r\n ")
    #expect(long.count == 12 && long.allSatisfy { $0.utf8.count <= 64 })
    #expect(try text(.test, siteName: "Gespräch").contains("\r\nSubject: =?utf-8?B?QSB0ZXN0IG9mIG1haWwgZnJvbSBHZXNwcsOkY2g=?=\r\n"))
  }

  @Test func `quoted-printable keeps every byte and no long line`() {
    func encoded(_ text: String) -> String { String(decoding: QuotedPrintable.encoded(text), as: UTF8.self) }
    #expect(encoded("a=b é\n.\nend ") == "a=3Db =C3=A9\r\n=2E\r\nend=20\r\n")
    #expect(encoded("a\r\nb\rc\n") == "a\r\nb=0Dc\r\n")
    #expect(encoded("") == "")
    let long = encoded(String(repeating: "x", count: 74) + "." + String(repeating: "é", count: 40) + "\t\n")
    #expect(long.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 } && !long.contains("\r\n."))
    let whole = long.replacing("=\r\n", with: "")
    #expect(whole == String(repeating: "x", count: 74) + "." + String(repeating: "=C3=A9", count: 40) + "=09\r\n")
  }

  @Test(
    arguments: [(30, "1 minute"), (1800, "30 minutes"), (3600, "1 hour"), (86_400, "24 hours"), (172_800, "2 days")] as [(Int64, String)])
  func `how long a link works is told in whole units`(seconds: Int64, span: String) {
    #expect(MailDate.span(milliseconds: seconds * 1000) == span)
  }

  @Test func `the link of a mail stays out of what a server says of it`() throws {
    let composer = try composer()
    #expect(composer.withoutLinks("550 spam: <https://chat.example.net/#t=secret> no") == "550 spam: (a link) no")
    #expect(composer.withoutLinks("550 see https://postmaster.example") == "550 see https://postmaster.example")
  }
}
