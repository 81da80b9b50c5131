// A forgotten password: a link to the account's address, and what it does.
import Auth
import Configuration
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Mails with a link to reset the password that one address gets in an hour, no matter who asks for them.
  public static let resetMailsMax: Int64 = 3

  /// Sends a link to reset the password to the address of an account, if it is one's. Nothing that the caller can see, nor the time it
  /// takes, depends on that: the account is looked for by the writer, for which nobody waits. An address gets a bounded number of mails;
  /// asking for more changes nothing. Throws `busy` if the writer has too much to do, for every address alike.
  public func forgetPassword(email: String) throws {
    let address = try EmailAddress(email)
    guard settings.isMailOn else { return }
    let link = accountLink(.resetPassword)
    let refusal = Lock<(any Error)?>(nil)
    let change: Change<Void> = { try Self.sendReset(to: address, link, $0) }
    submit([change]) { results in
      guard case .failure(let error)? = results.first else { return }
      // What the queue refuses it refuses before `submit` returns.
      refusal.withLock { $0 = error }
      Log.warning("a mail for a forgotten password was not stored: \(error)")
    }
    if let error = refusal.withLock({ $0 }) as? GroupCommit.Overload { throw error }
  }

  private static func sendReset(to address: EmailAddress, _ link: (link: String, hash: [UInt8]), _ transaction: Transaction) throws {
    let now = transaction.now
    // Counted for every address, so that the writer has a commit to sync for each.
    guard try admitMail(.resetPassword, to: address, countMax: resetMailsMax, transaction),
      let user = try Users.resettable(by: address, transaction.database)
    else { return }
    let validUntil = now + lifetime(of: .resetPassword)
    try AccountTokens.insert(link.hash, .resetPassword, of: user.rowID, email: address, at: now, expiresAt: validUntil, transaction)
    let fields = fields(of: user).merging([.link: link.link]) { $1 }
    try Mails.insert(Mail(.resetPassword, to: address, user: user.rowID, fields: fields, validUntil: validUntil), at: now, transaction)
  }

  /// Gives the account of a token another password. Ends all its sessions and all its tokens; the address that the token was sent to is
  /// verified by that. Blocks while the password is hashed. A password that is refused leaves the token valid.
  public func resetPassword(token: String, to password: String, userAgent: String, client: String?) throws {
    let newPassword = try Self.checked(newPassword: password, field: "password")
    guard let hash = OpaqueToken.hash(of: token),
      let found = try readers.read({ try AccountTokens.find(hash, .resetPassword, at: clock.now, $0) })
    else { throw Self.badToken }
    if found.isSuspended { throw Self.suspended }
    let passwordHash = try hasher.hash(newPassword, for: HashRequester(isSignIn: false, account: found.user.username, client: client))
    let device = Device(userAgent: userAgent, address: client)
    try commit { [self] transaction in
      guard let found = try AccountTokens.find(hash, .resetPassword, at: transaction.now, transaction.database) else { throw Self.badToken }
      if found.isSuspended { throw Self.suspended }
      let user = found.user
      try Users.setPasswordHash(passwordHash, of: user.rowID, transaction)
      let ended = try Sessions.endOthers(of: user.rowID, than: nil, at: transaction.now, transaction)
      let email = try Users.accountEmail(of: user.rowID, transaction.database)
      try Self.endLinksAndPendingEmail(of: user, transaction)
      if let address = Self.address(found.email), try isConfirmable(address, email, transaction.database) {
        try confirm(address, of: user, from: device, transaction)
      }
      try notify(.passwordChanged, of: user, from: device, transaction)
      try AuditLog.record(
        .passwordReset, by: .user(user.rowID), user: user.rowID, address: client, detail: "by a link, \(ended) sessions ended", transaction)
    }
  }

  /// Ends the links that were sent for an account, of one kind or all; a mail with one that still waits is not sent.
  static func endLinks(of user: UserRowID, only kind: AccountTokenKind? = nil, _ transaction: Transaction) throws {
    try AccountTokens.end(of: user, only: kind, transaction)
    for kind in kind.map({ [$0] }) ?? AccountTokenKind.allCases { try Mails.withdraw(kind.mail, of: user, transaction) }
  }

  /// The same, and gives up an address that is pending: anyone who knew the password until now may have entered it, and would get back in
  /// by it.
  static func endLinksAndPendingEmail(of user: User, _ transaction: Transaction) throws {
    try endLinks(of: user.rowID, transaction)
    guard try Users.accountEmail(of: user.rowID, transaction.database).pending != nil else { return }
    try Users.setPendingEmail(nil, of: user.rowID, transaction)
    try announceAccount(of: user, transaction)
  }

  /// Whether an address that a link went to is the account's, or pending and nobody else's.
  private func isConfirmable(_ address: EmailAddress, _ email: AccountEmail, _ database: Database) throws -> Bool {
    if email.address == address.text { return true }
    guard email.pending == address.text else { return false }
    return try Users.owner(of: address, database)?.isVerified != true
  }
}
