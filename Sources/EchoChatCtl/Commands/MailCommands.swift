// `echochatctl mail …`: lists mails, has them tried again, and tries whether mail works. Never prints what a mail says.
import Chat
import Configuration
import Domain
import Glibc
import Posix
import Wire

enum MailCommands {
  /// How long a test waits for echochat-outbound, and between two looks.
  private static let testMilliseconds: Int64 = 60_000
  private static let lookMicroseconds: UInt32 = 100_000

  static let all: [Command] = [
    Command(
      "mail list", options: [Command.Option("--all", "Also those that were sent."), .json],
      text:
        "Prints the mails that wait or were given up: id, state, kind, recipient, when it was made, when it is tried again, tries, last error.",
      run: list),
    Command("mail retry", "ID|all", text: "Has a mail tried again now, by its id, or all that wait or were given up.", run: retry),
    Command(
      "mail test", "ADDRESS",
      text: "Sends a mail there through echochat-outbound, which must run, and tells within a minute how that went.", run: test),
  ]

  // MARK: List

  private static func list(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.mails(after: $0, withSent: arguments.has("--all"), limit: $1) },
        cursor: { $0.id },
        json: { write($1, &$0) }, row: row)
    }
  }

  private static func row(_ mail: MailRecord) -> [String] {
    [
      "\(mail.id)", mail.state.word, mail.kind, mail.recipient, Output.text(mail.createdAt), Output.text(mail.dueAt), "\(mail.attempts)",
    ] + [mail.lastError].compactMap { $0 }
  }

  private static func write(_ mail: MailRecord, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", mail.id)
      writer.field("state", mail.state.word)
      writer.field("kind", mail.kind)
      writer.field("recipient", mail.recipient)
      writer.field("created_at", mail.createdAt)
      writer.field("due_at", mail.state == .waiting ? mail.dueAt : nil)
      writer.field("ended_at", mail.state == .waiting ? nil : mail.dueAt)
      writer.field("valid_until", mail.validUntil)
      writer.field("attempts", mail.attempts)
      writer.field("last_error", mail.lastError)
    }
  }

  // MARK: Retry

  private static func retry(_ arguments: Arguments) throws {
    let id = arguments["ID|all"] == "all" ? nil : try arguments.number(operand: "ID|all")
    try DataDirectory.withChat { try retry(id, $0) }
  }

  private static func retry(_ id: Int64?, _ chat: Chat) throws {
    if let id, try chat.mail(id) == nil { throw Failure("there is no mail \(id)") }
    let count = try chat.retryMail(id)
    if id != nil, count == 0 { throw Failure("this mail was sent, or its link works no more") }
    Output.print("\(count) \(count == 1 ? "mail is" : "mails are") tried again now\n")
  }

  // MARK: Test

  private static func test(_ arguments: Arguments) throws {
    let address = try EmailAddress(arguments["ADDRESS"])
    try DataDirectory.withChat { try test(address, $0) }
  }

  private static func test(_ address: EmailAddress, _ chat: Chat) throws {
    guard let server = try chat.settings.mailServer() else { throw Failure("mail is off: ECHOCHAT_SMTP_URL is not set") }
    let id = try chat.mailTest(to: address)
    let deadline = Clock.bootMilliseconds() + testMilliseconds
    while let mail = try chat.mail(id) {
      switch mail.state {
      case .sent: return Output.print("\(server.text) has taken a mail from \(chat.settings.mail.sender) to \(address.text)\n")
      case .givenUp: throw Failure("\(server.text): \(mail.lastError ?? "the mail was given up")")
      case .waiting: break
      }
      guard Clock.bootMilliseconds() < deadline else {
        throw Failure(
          "nothing has become of mail \(id) within \(testMilliseconds / 1000) s: echochat-outbound does not run, or the server does not answer"
        )
      }
      usleep(lookMicroseconds)
    }
    throw Failure("mail \(id) is gone")
  }
}
