// Templates: the shipped ones, those of the operator, and what is none.
import Domain
import Posix
import TestSupport
import Testing

@testable import Outbound

@Suite struct MailTemplatesTests {
  private let directory = TemporaryDirectory()

  private func write(_ name: String, _ text: String) { TemporaryDirectory.write(Array(text.utf8), to: "\(directory.path)/\(name)") }
  private func text(_ kind: MailKind) -> String { MailTemplates(directory: directory.path).text(kind).body.filled(["link": "LINK"]) }
  private func html(_ kind: MailKind) -> String { MailTemplates(directory: directory.path).html(kind).filled(["link": "LINK"]) }

  @Test(arguments: MailKind.allCases)
  func `each kind has a shipped template, which says whom it is for and from where it comes`(kind: MailKind) throws {
    let templates = MailTemplates(directory: nil)
    let (subject, body) = (templates.text(kind).subject, templates.text(kind).body)
    let values = Dictionary(uniqueKeysWithValues: MailTemplate.names.map { ($0, "<\($0)>") })
    #expect(subject.filled(values).contains("<site>"))
    for text in [body.filled(values), templates.html(kind).filled(values)] {
      #expect(text.contains("<site>") && text.contains("<recipient>") && text.contains("<url>"))
      #expect(text.contains("<link>") == kind.hasLink && text.contains("<valid_for>") == kind.hasLink)
      #expect(kind == .test || text.contains("<username>"))
      // What a stranger may have chosen freely is not sent to an address that may be somebody else's.
      #expect(!text.contains("<display_name>"))
    }
  }

  @Test func `the operator's templates are used, each for itself, also those written on Windows`() {
    write("verify_email.txt", "Subject: Hi {{ username }}\r\n\r\nGo to {{link}}\r\n")
    #expect(MailTemplates(directory: directory.path).text(.verifyEmail).subject.filled(["username": "alice"]) == "Hi alice")
    #expect(text(.verifyEmail) == "Go to LINK\n")
    #expect(html(.verifyEmail).contains("<!DOCTYPE html>"))
    write("verify_email.html", "<a href='{{link}}'>{{username}}</a>")
    #expect(
      MailTemplates(directory: directory.path).html(.verifyEmail).filled(["username": "<b>"], escaped: MailTemplate.escapedForHTML)
        == "<a href='unknown'>&lt;b&gt;</a>")
  }

  @Test(arguments: [
    "", "Subject: x", "Subject: x\nno empty line {{link}}", "Hello\n\n{{link}}", "Subject: x\n\nno link",
    "Subject: x\n\n{{link}} {{nonsense}}",
    "Subject: {{link\n\n{{link}}", "Subject: x\n\n{{link}}" + String(repeating: "x", count: 70_000),
  ])
  func `what is no template is replaced by the shipped one`(file: String) {
    write("reset_password.txt", file)
    #expect(text(.resetPassword) == MailTemplates(directory: nil).text(.resetPassword).body.filled(["link": "LINK"]))
  }

  @Test func `bytes that are no text are replaced, too, and a directory that has gone`() {
    TemporaryDirectory.write([0xff, 0xfe, 0x00], to: directory.path + "/test.html")
    #expect(html(.test).contains("<!DOCTYPE html>"))
    #expect(MailTemplates(directory: "/nowhere").text(.test).subject.filled(["site": "X"]) == "A test of mail from X")
  }

  @Test func `the shipped ones can be written down, changed and used`() throws {
    try MailTemplates.write(to: directory.path)
    #expect(TemporaryDirectory.names(in: directory.path).count == 2 * MailKind.allCases.count)
    for kind in MailKind.allCases {
      #expect(text(kind) == MailTemplates(directory: nil).text(kind).body.filled(["link": "LINK"]))
      #expect(html(kind) == MailTemplates(directory: nil).html(kind).filled(["link": "LINK"]))
    }
  }
}
