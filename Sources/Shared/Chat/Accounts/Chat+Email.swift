// The e-mail address of an account: verification and change.
import Auth
import Configuration
public import Domain
import SQL
import Store

extension Chat {
  /// Mails with a link to verify an address that one user may have sent in an hour, and that one address gets, no matter who has them sent.
  public static let verificationMailsMax = 5
  public static let verificationMailsPerAddressMax: Int64 = 10
  public static let mailWindowSeconds: Int64 = 3600

  /// What only the principal sees of their account.
  public func ownAccount(of principal: Principal) throws -> OwnAccount {
    guard let account = try readers.read({ try Users.ownAccount(of: principal.user.rowID, $0) }) else { throw Self.unauthenticated }
    return account
  }

  // MARK: Verification

  /// Makes the address that a token was sent to the account's own. The old address, if there was one, gets a notice. Throws `email_taken` if
  /// the address became another account's meanwhile; the token stays valid then.
  public func verifyEmail(token: String, userAgent: String, client: String?) throws {
    // Read first: a token that nobody has costs no commit.
    guard let hash = OpaqueToken.hash(of: token), try readers.read({ try AccountTokens.find(hash, .verifyEmail, at: clock.now, $0) }) != nil
    else { throw Self.badToken }
    let device = Device(userAgent: userAgent, address: client)
    try commit { [self] transaction in
      guard let found = try AccountTokens.find(hash, .verifyEmail, at: transaction.now, transaction.database),
        let address = Self.address(found.email),
        try Users.accountEmail(of: found.user.rowID, transaction.database).unverified == address.text
      else { throw Self.badToken }
      try confirm(address, of: found.user, from: device, transaction)
    }
  }

  /// Makes an address the account's own, since its user can read what is sent to it. Another account that has it without having verified
  /// it loses it. Ends the account's links: they went to the old address. Throws `email_taken`.
  func confirm(_ address: EmailAddress, of user: User, from device: Device, _ transaction: Transaction) throws {
    if let owner = try Users.owner(of: address, transaction.database), owner.user.rowID != user.rowID {
      if owner.isVerified { throw Self.emailTaken }
      try Users.releaseEmail(of: owner.user.rowID, transaction)
      try Self.announceAccount(of: owner.user, transaction)
    }
    let before = try Users.accountEmail(of: user.rowID, transaction.database)
    try Users.setEmail(address, verifiedAt: transaction.now, of: user.rowID, transaction)
    try Self.endLinks(of: user.rowID, transaction)
    try AuditLog.record(.emailVerified, by: .user(user.rowID), user: user.rowID, address: device.address, transaction)
    try Self.announceAccount(of: user, transaction)
    guard before.isVerified, let old = Self.address(before.address), old != address else { return }
    try notify(old, .emailChanged, of: user, from: device, [.newEmail: address.text], transaction)
  }

  static let emailTaken = ChatError(.emailTaken, "An account with this e-mail address exists.")

  /// An address that was checked when it was stored.
  static func address(_ stored: String?) -> EmailAddress? { stored.flatMap { try? EmailAddress($0) } }

  /// Sends the link to the principal's unverified address once more. Throws `rate_limited`, and `conflict` if there is no such address or
  /// mail is off.
  public func resendVerification(by principal: Principal) throws {
    guard settings.isMailOn else { throw ChatError(.conflict, "This site sends no mail.") }
    try commit(as: principal, .evenUnverified) { [self] transaction in
      let email = try Users.accountEmail(of: principal.user.rowID, transaction.database)
      guard let address = Self.address(email.unverified) else { throw ChatError(.conflict, "There is no address to verify.") }
      try checkVerificationLimit(principal.user, transaction)
      try sendVerification(to: address, of: principal.user, transaction)
    }
  }

  /// Sends a link to an address that somebody has entered for their account. If it is the verified address of another account, that one's
  /// user gets a mail which says so instead; anyone who has entered it learns nothing of either. The work is the same.
  func sendVerification(to address: EmailAddress, of user: User, _ transaction: Transaction) throws {
    let (now, (link, hash)) = (transaction.now, accountLink(.verifyEmail))
    let validUntil = now + Self.lifetime(of: .verifyEmail)
    try AccountTokens.insert(hash, .verifyEmail, of: user.rowID, email: address, at: now, expiresAt: validUntil, transaction)
    guard try Self.admitMail(.verifyEmail, to: address, countMax: Self.verificationMailsPerAddressMax, transaction) else { return }
    let owner = try Users.owner(of: address, transaction.database)
    if let owner, owner.isVerified, owner.user.rowID != user.rowID {
      let mail = Mail(.addressTaken, to: address, user: owner.user.rowID, fields: Self.fields(of: owner.user))
      try Mails.insert(mail, at: now, transaction)
    } else {
      let fields = Self.fields(of: user).merging([.link: link]) { $1 }
      try Mails.insert(Mail(.verifyEmail, to: address, user: user.rowID, fields: fields, validUntil: validUntil), at: now, transaction)
    }
  }

  /// Counts a mail with a link to an address, whose owner need not have an account; false if it had `countMax` in the last hour.
  static func admitMail(
    _ kind: AccountTokenKind, to address: EmailAddress, countMax: Int64, _ transaction: Transaction
  ) throws -> Bool {
    let hash = Digest.sha256(Array("\(kind.rawValue) \(address.text)".utf8))
    let start = transaction.now + .seconds(-mailWindowSeconds)
    return try AccountTokens.admitMail(to: hash, countMax: countMax, since: start, at: transaction.now, transaction)
  }

  static func fields(of user: User) -> [MailField: String] { [.username: user.username, .displayName: user.displayName] }

  private func checkVerificationLimit(_ user: User, _ transaction: Transaction) throws {
    let limit = RateLimit(count: Self.verificationMailsMax, windowMilliseconds: Self.mailWindowSeconds * 1000)
    let time = try AccountTokens.time(ofNewest: limit.count, .verifyEmail, of: user.rowID, transaction.database)
    guard let time else { return }
    let delay = time.milliseconds + limit.windowMilliseconds - transaction.now.milliseconds
    if delay > 0 { throw ChatError.exceeded(.mails, limit, "mails", retryAfterMilliseconds: delay) }
  }

  // MARK: Change

  /// Gives the principal's account another address. With mail on, the old one stays in force until the new one is verified by the link that
  /// is sent to it; without, the new one is in force at once. The old one again takes back what is pending. Everything else asks for the
  /// password, since anyone who has the address can reset it. Blocks while the password is checked. Throws `email_taken` without mail only.
  public func changeEmail(to text: String, password: String?, by principal: Principal, client: String?) throws {
    let (address, user) = (try EmailAddress(text), principal.user)
    let before = try readers.read { try Users.accountEmail(of: user.rowID, $0) }
    if address.text == before.pending ?? before.address { return }
    if address.text == before.address {
      return try commit(as: principal, .evenUnverified) { transaction in
        try Users.setPendingEmail(nil, of: user.rowID, transaction)
        try Self.endLinks(of: user.rowID, only: .verifyEmail, transaction)
        try Self.announceAccount(of: user, transaction)
      }
    }
    guard let password else { throw ChatError.invalid("password", "missing", "A change of the e-mail address asks for the password.") }
    let refusal = ChatError(.badCredentials, "The password is wrong.")
    let credentials = try confirmed(password: password, of: principal, client, refusal)
    try commit(as: principal, .evenUnverified) { [self] transaction in
      try Self.check(credentials, refusal, transaction)
      try setEmail(address, of: user, transaction)
      try Self.announceAccount(of: user, transaction)
      try AuditLog.record(.emailChanged, by: .user(user.rowID), user: user.rowID, address: client, transaction)
    }
  }

  private func setEmail(_ address: EmailAddress, of user: User, _ transaction: Transaction) throws {
    guard settings.isMailOn else {
      if let owner = try Users.owner(of: address, transaction.database), owner.user.rowID != user.rowID { throw Self.emailTaken }
      try Users.setEmail(address, verifiedAt: nil, of: user.rowID, transaction)
      return try Self.endLinks(of: user.rowID, transaction)
    }
    try checkVerificationLimit(user, transaction)
    try Self.endLinks(of: user.rowID, only: .verifyEmail, transaction)
    try Users.setPendingEmail(address, of: user.rowID, transaction)
    try sendVerification(to: address, of: user, transaction)
  }
}
