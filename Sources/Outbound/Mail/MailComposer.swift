// Composes a mail from its template: the headers and the two parts of one message (RFC 5322, RFC 2046).
import Configuration
import Domain

/// For one thread, as its templates are.
final class MailComposer {
  /// The address that mails come from.
  let sender: String
  private let siteName: String
  private let url: String
  private let templates: MailTemplates

  init(_ settings: MailSettings, siteURL: String, templates: MailTemplates) {
    sender = settings.sender
    siteName = settings.siteName.text
    url = siteURL
    self.templates = templates
  }

  /// The right side of every Message-ID, and how this host greets a mail server.
  var domain: String { sender.split(separator: "@").last.map(String.init) ?? "localhost" }

  /// The message, byte for byte the same for the same mail and templates. No line is longer than 998 bytes (RFC 5322 section 2.1.1), nor can
  /// what it is made of begin a line: in headers it is bounded words, in the parts it is encoded.
  func message(_ kind: MailKind, _ mail: DueMail, to recipient: EmailAddress) -> [UInt8] {
    let values = values(of: mail, recipient)
    let template = templates.text(kind)
    let text = template.body.filled(values)
    let html = templates.html(kind).filled(values, escaped: MailTemplate.escapedForHTML)
    // What is quoted-printable never has `=_` in it.
    let boundary = "=_\(mail.messageID)"
    let headers = [
      "Date: \(MailDate(mail.createdAt).header)",
      "From: \(HeaderText.phrase(siteName)) <\(sender)>",
      "To: <\(recipient.text)>",
      "Subject: \(HeaderText.words(template.subject.filled(values)))",
      "Message-ID: <\(mail.messageID)@\(domain)>",
      // No machine is to answer (RFC 3834 section 5), nor one of Microsoft's.
      "Auto-Submitted: auto-generated",
      "X-Auto-Response-Suppress: All",
      "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
    ]
    var bytes: [UInt8] = []
    func line(_ text: String) { bytes += Array((text + "\r\n").utf8) }
    for header in headers { line(header) }
    for (type, part) in [("plain", text), ("html", html)] {
      line("")
      line("--\(boundary)")
      line("Content-Type: text/\(type); charset=utf-8")
      line("Content-Transfer-Encoding: quoted-printable")
      line("")
      bytes += QuotedPrintable.encoded(part)
    }
    line("--\(boundary)--")
    return bytes
  }

  private func values(of mail: DueMail, _ recipient: EmailAddress) -> [String: String] {
    var values: [MailTemplate.Place: String] = [
      .site: siteName, .url: url, .recipient: recipient.text, .time: MailDate(mail.createdAt).sentence,
    ]
    if let end = mail.validUntil {
      values[.validUntil] = MailDate(end).sentence
      values[.validFor] = MailDate.span(milliseconds: end.milliseconds - mail.createdAt.milliseconds)
    }
    let fields = mail.fields.map { ($0.key.rawValue, $0.value) }
    return Dictionary(uniqueKeysWithValues: fields + values.map { ($0.key.rawValue, $0.value) })
  }

  /// A server's words, in which it may have repeated a link of the mail: its secret is none of the operator's.
  func withoutLinks(_ text: String) -> String {
    guard !url.isEmpty else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false).map { $0.contains(url) ? "(a link)" : String($0) }
      .joined(separator: " ")
  }
}
