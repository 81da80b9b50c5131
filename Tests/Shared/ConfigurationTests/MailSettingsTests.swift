// The settings of mail, and the server that a URL names.
import Configuration
import Domain
import Testing

@Suite struct MailSettingsTests {
  private func settings(_ environment: [String: String]) throws -> MailSettings {
    try Settings(environment: ["ECHOCHAT_PUBLIC_URL": "https://chat.example.org:8443"].merging(environment) { $1 }).mail
  }

  private func refusal(_ environment: [String: String]) -> String {
    let error = #expect(throws: Settings.Invalid.self) { try settings(environment) }
    return error?.description ?? ""
  }

  @Test func `without a server mail is off, and everything has its default`() throws {
    let mail = try Settings(environment: [:]).mail
    #expect(!mail.isOn && mail.sender == "echochat@localhost" && mail.siteName.text == "EchoChat" && mail.templates == nil)
    #expect(mail.firstRetrySeconds == 60 && mail.longestRetrySeconds == 86_400 && mail.giveUpSeconds == 345_600)
    #expect(try settings([:]).sender == "echochat@chat.example.org")
    #expect(try Settings(environment: ["ECHOCHAT_SMTP_URL_FILE": "/x", "ECHOCHAT_PUBLIC_URL": "http://[::1]"]).isMailOn)
  }

  @Test func `a URL names host, port, security and login`() throws {
    let plain = try SMTPServer(url: "smtp://Mail.example.org")
    #expect(plain.host == "mail.example.org" && plain.port == 587 && plain.security == .startTLS && plain.login == nil)
    let encrypted = try SMTPServer(url: "SMTPS://chat%40example.org:p%3A%2F%40%20w@mail.example.org/")
    #expect(encrypted.port == 465 && encrypted.security == .tls)
    #expect(encrypted.login?.user == "chat@example.org" && encrypted.login?.password == "p:/@ w")
    #expect(encrypted.text == "smtps://mail.example.org:465")
    let local = try SMTPServer(url: "smtp://127.0.0.1?tls=none")
    #expect(local.port == 25 && local.security == .none && local.text == "smtp://127.0.0.1:25")
    let six = try SMTPServer(url: "smtp://[::1]:2525")
    #expect(six.host == "[::1]" && six.port == 2525)
    #expect(try SMTPServer(url: "smtp://[::1]").port == 587)
  }

  @Test(arguments: [
    "mail.example.org", "http://x", "smtp://", "smtp://x:0", "smtp://x:99999", "smtp://x y", "smtp://x/path", "smtp://x?tls=off",
    "smtps://x?tls=none", "smtp://user@x", "smtp://:pw@x", "smtp://user:@x", "smtp://u:%0a@x", "smtp://u:%@x", "smtp://u:%ff@x",
    "smtp://u:secret@x?tls=none", "smtp://x\r\ny", "smtp://" + String(repeating: "x", count: 3000),
  ])
  func `what names no server stops the program with a sentence that does not show it`(url: String) {
    let sentence = refusal(["ECHOCHAT_SMTP_URL": url])
    #expect(sentence.hasPrefix("ECHOCHAT_SMTP_URL: wanted smtp://") && !sentence.contains("secret"))
  }

  @Test func `other nonsense stops the program, too`() {
    #expect(refusal(["ECHOCHAT_SMTP_URL": "smtp://x", "ECHOCHAT_PUBLIC_URL": ""]).contains("ECHOCHAT_PUBLIC_URL"))
    #expect(refusal(["ECHOCHAT_SMTP_URL": "smtp://x", "ECHOCHAT_SMTP_URL_FILE": "/x"]).contains("one of them"))
    for value in ["x", "EchoChat <a@b>", "a@b\r\nBcc: c@d"] { #expect(refusal(["ECHOCHAT_MAIL_FROM": value]).contains("an address")) }
    for value in ["a\nb", String(repeating: "x", count: 65), "\u{200b}"] {
      #expect(refusal(["ECHOCHAT_NAME": value]).contains("on one line"))
    }
    for value in ["1m", "0-1m", "2m-1m", "1m-8d", "1m-", "-1m", "1m-2m-3m", "x-y"] {
      #expect(refusal(["ECHOCHAT_MAIL_RETRY": value]).contains("such as 1m-24h"))
    }
    for value in ["0", "31d", "x"] { #expect(refusal(["ECHOCHAT_MAIL_GIVE_UP": value]).contains("a duration")) }
  }

  @Test func `what makes sense is kept`() throws {
    let mail = try settings([
      "ECHOCHAT_SMTP_URL": "smtps://u:p@mail.example.org", "ECHOCHAT_MAIL_FROM": "Chat@Example.org", "ECHOCHAT_NAME": " Gespräch ",
      "ECHOCHAT_MAIL_RETRY": "1s-2m", "ECHOCHAT_MAIL_GIVE_UP": "1d", "ECHOCHAT_MAIL_TEMPLATES": "/t", "ECHOCHAT_SMTP_CA": "/ca",
    ])
    #expect(mail.isOn && mail.server?.host == "mail.example.org" && mail.sender == "chat@example.org" && mail.siteName.text == "Gespräch")
    #expect(mail.firstRetrySeconds == 1 && mail.longestRetrySeconds == 120 && mail.giveUpSeconds == 86_400)
    #expect(mail.templates == "/t" && mail.authorities == "/ca")
  }
}
