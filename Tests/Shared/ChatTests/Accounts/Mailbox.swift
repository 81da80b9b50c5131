// A chat that sends mail, and the mails that it has stored.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport

final class Mailbox: Sendable {
  static let malloryPassword = "mallory has a password"

  let fixture: ChatFixture
  let clock = ManualClock()
  var chat: Chat { fixture.chat }

  init(_ adjust: (inout Settings) -> Void = { _ in }) throws {
    fixture = try ChatFixture(clock: clock) { settings in
      settings.publicURL = try? Settings(environment: ["ECHOCHAT_PUBLIC_URL": "https://chat.example.org"]).publicURL
      settings.mail.serverFile = "/nowhere"
      adjust(&settings)
    }
  }

  // MARK: Accounts

  func signUp(_ name: String, _ address: String) throws -> Principal {
    let password = name.hasPrefix("mal") ? Self.malloryPassword : TestUser.password
    let signIn = try chat.register(
      username: name, password: password, email: address, displayName: nil, userAgent: "tests", idempotencyKey: nil)
    return try chat.authenticate(accessToken: signIn.accessToken)
  }

  /// An account whose address is verified.
  func verified(_ address: String, of name: String) throws -> Principal {
    let principal = try signUp(name, address)
    try verify(Self.token(try only(.verifyEmail, to: address)))
    return principal
  }

  @discardableResult
  func logIn(
    _ login: String, password: String = TestUser.password, userAgent: String = "tests", client: String? = nil
  ) throws -> SignIn {
    try chat.logIn(login: login, password: password, userAgent: userAgent, client: client)
  }

  func verify(_ token: String) throws { try chat.verifyEmail(token: token, userAgent: "tests", client: nil) }

  func reset(_ token: String, to password: String = "two walks along the river") throws {
    try chat.resetPassword(token: token, to: password, userAgent: "tests", client: nil)
  }

  /// Returns once the writer has done what nobody waits for.
  func forget(_ address: String) throws {
    try chat.forgetPassword(email: address)
    try chat.commit { _ in }
  }

  // MARK: Mails

  func mails(_ kind: MailKind, to address: String) throws -> [DueMail] {
    try chat.dueMails(at: Timestamp(milliseconds: .max), limit: 1000).filter { $0.kind == kind && $0.recipient == address }
  }

  func count(_ kind: MailKind, to address: String) throws -> Int { try mails(kind, to: address).count }

  struct NotOne: Error { let count: Int }

  func only(_ kind: MailKind, to address: String) throws -> DueMail {
    let found = try mails(kind, to: address)
    guard found.count == 1, let mail = found.first else { throw NotOne(count: found.count) }
    return mail
  }

  /// The token of a mail's link.
  static func token(_ mail: DueMail) -> String {
    (mail.fields[.link] ?? "").split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
  }
}

extension Chat {
  /// What every token that is no good is answered.
  static let badTokenForTests = ChatError.invalid("token", "unknown", "This link has been used or has expired. Ask for another one.")
}
