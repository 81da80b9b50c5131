// The operator's work on accounts: making, renaming and deleting them, their passwords and their sessions.
import Auth
import Configuration
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// A user's account as the operator sees it.
  public func account(_ reference: AccountReference, for operator: Operator) throws -> Account {
    try read(as: `operator`) { try Self.account(reference, $0) }
  }

  /// Accounts, oldest first; `cursor` is the row id of the last account of the previous page.
  public func accounts(after cursor: Int64, limit: Int, for operator: Operator) throws -> [Account] {
    try read(as: `operator`) { try Users.accounts(after: cursor, limit: limit, $0) }
  }

  /// Makes an account, no matter who may register. The operator may give reserved names. Without a password nobody can sign in to it until one
  /// is set. With mail on, the address is to be verified by its link first. Blocks while a password is hashed. A repeated request (same `idempotencyKey`, same fields) returns the account it made.
  public func makeAccount(
    username: String, password: String? = nil, email: String? = nil, displayName: String? = nil, isOperator: Bool = false,
    idempotencyKey: String? = nil, by operator: Operator
  ) throws -> (account: Account, isNew: Bool) {
    let name = try Username(username)
    let display = try displayName.map { try DisplayName($0).text } ?? name.text
    let address = try email.map { try EmailAddress($0) }
    let newPassword = try password.map { try Self.checked(newPassword: $0, field: "password") }
    let isMailOn = settings.isMailOn
    let request = try OperatorRequest(idempotencyKey, "user", name.text, display, address?.text ?? "", "\(isOperator)")
    if let made = try read(as: `operator`, { try request?.result(of: `operator`, $0) }) {
      return (try account(.id(made), for: `operator`), false)
    }
    let hash = try newPassword.map { try hasher.hash($0, for: HashRequester(isSignIn: false, account: name.text, client: nil)) }
    return try commit(as: `operator`) { [self] transaction in
      // Of two equal requests at the same time, too, one makes the account.
      if let made = try request?.result(of: `operator`, transaction.database) {
        return (try Self.account(.id(made), transaction.database), false)
      }
      if let taken = try Self.taken(name, address, transaction.database) { throw taken }
      let user = try Users.insert(
        id: PublicID(trusted: Random.id()), username: name, displayName: display, email: isMailOn ? nil : address,
        pendingEmail: isMailOn ? address : nil, passwordHash: hash, at: transaction.now, transaction)
      if isMailOn, let address { try sendVerification(to: address, of: user, transaction) }
      try joinDefaultRooms(user, transaction)
      try `operator`.record(.userMade, user: user.rowID, transaction)
      if isOperator, try Users.setOperator(true, user.rowID, transaction) {
        try `operator`.record(.operatorMade, user: user.rowID, transaction)
      }
      try request?.store(user.id.text, of: `operator`, transaction)
      return (try Self.account(.id(user.id.text), transaction.database), true)
    }
  }

  /// Gives a user another name, which may be a reserved one, and appends `user.updated` in each of their rooms. Earlier messages keep the
  /// name they were posted under. Throws `username_taken`.
  public func rename(_ reference: AccountReference, to username: String, by operator: Operator) throws -> Account {
    let name = try Username(username)
    return try commit(as: `operator`) { transaction in
      let database = transaction.database
      let before = try Self.changeableAccount(reference, database).user
      guard before.username != name.text else { return try Self.account(.id(before.id.text), database) }
      if let taken = try Self.taken(name, nil, database) { throw taken }
      try Users.rename(before, to: name, transaction)
      let account = try Self.account(.id(before.id.text), database)
      try Self.announce(account.user, by: `operator`.cause, transaction)
      try `operator`.record(.userRenamed, user: before.rowID, detail: "\(before.username) -> \(name.text)", transaction)
      return account
    }
  }

  /// Sets a user's password and ends all of their sessions. One that replaces another also ends all links that were sent by mail, and a
  /// change of address that is pending. Blocks while it is hashed.
  public func setPassword(_ password: String, of reference: AccountReference, by operator: Operator) throws {
    let newPassword = try Self.checked(newPassword: password, field: "password")
    let username = try read(as: `operator`) { try Self.changeableAccount(reference, $0).user.username }
    let hash = try hasher.hash(newPassword, for: HashRequester(isSignIn: false, account: username, client: nil))
    try commit(as: `operator`) { [self] transaction in
      let user = try Self.changeableAccount(reference, transaction.database).user
      let hadPassword = try Users.credentials(login: user.username, transaction.database)?.passwordHash != nil
      try Users.setPasswordHash(hash, of: user.rowID, transaction)
      try Sessions.endOthers(of: user.rowID, than: nil, at: transaction.now, transaction)
      if hadPassword {
        try Self.endLinksAndPendingEmail(of: user, transaction)
      } else {
        // Nobody has signed in yet: an address that is pending is the one that the operator has given.
        try Self.endLinks(of: user.rowID, only: .resetPassword, transaction)
      }
      try notify(.passwordChanged, of: user, from: nil, transaction)
      try `operator`.record(.passwordReset, user: user.rowID, transaction)
    }
  }

  /// How long a link to set a password is valid.
  public static let passwordLinkSeconds: Int64 = 86_400

  /// Makes a link for a user, who sets a password with it, once; that ends their sessions and earlier links.
  public func makePasswordLink(for reference: AccountReference, by operator: Operator) throws -> PasswordLink {
    let (link, hash) = accountLink(.resetPassword)
    return try commit(as: `operator`) { transaction in
      let account = try Self.changeableAccount(reference, transaction.database)
      guard account.suspendedAt == nil else { throw ChatError(.conflict, "This user is suspended.") }
      let (user, now) = (account.user.rowID, transaction.now)
      let expiresAt = now + .seconds(Self.passwordLinkSeconds)
      try Self.endLinks(of: user, only: .resetPassword, transaction)
      try AccountTokens.insert(hash, .resetPassword, of: user, email: nil, at: now, expiresAt: expiresAt, transaction)
      try `operator`.record(.passwordReset, user: user, detail: "a link", transaction)
      return PasswordLink(url: link, expiresAt: expiresAt)
    }
  }

  /// Deletes an account as its user would. Waits a moment for the erasure; the daemon does the rest.
  public func deleteAccount(_ reference: AccountReference, by operator: Operator) throws {
    let user = try commit(as: `operator`) { transaction in
      let user = try Self.changeableAccount(reference, transaction.database).user
      try Self.beginErasure(of: user.rowID, transaction)
      try `operator`.record(.userDeleted, user: user.rowID, transaction)
      return user
    }
    try waitForErasure(of: user.rowID)
  }

  /// A user's sessions that have not ended, the last used one first.
  public func sessions(of reference: AccountReference, for operator: Operator) throws -> [Session] {
    let now = clock.now
    return try read(as: `operator`) { try Sessions.list(of: try Self.account(reference, $0).user.rowID, at: now, $0) }
  }

  /// Ends one of a user's sessions, or all of them if `id` is nil: their tokens are invalid at once, their connections are closed. Returns
  /// how many.
  public func endSessions(of reference: AccountReference, id: String?, by operator: Operator) throws -> Int {
    try commit(as: `operator`) { transaction in
      let (database, now) = (transaction.database, transaction.now)
      let user = try Self.account(reference, database).user
      var sessions = try Sessions.list(of: user.rowID, at: now, database)
      if let id {
        sessions = sessions.filter { $0.id.text == id }
        guard !sessions.isEmpty else { throw ChatError(.notFound, "This user has no such session.") }
      }
      for session in sessions { try Sessions.end(session.rowID, of: user.rowID, at: now, transaction) }
      if !sessions.isEmpty {
        try `operator`.record(.sessionEnded, user: user.rowID, detail: id ?? "all \(sessions.count)", transaction)
      }
      return sessions.count
    }
  }
}

/// A request of an operator that a client may repeat: it makes something once.
struct OperatorRequest {
  private let key: ClientID
  private let fingerprint: Int64

  /// Nil without a key.
  init?(_ key: String?, _ fields: String...) throws {
    guard let key else { return nil }
    self.key = try ClientID(key, field: "Idempotency-Key")
    fingerprint = Digest.sha256Prefix64(Array((["operator"] + fields).joined(separator: "\n").utf8))
  }

  /// What the first such request made; nil if this is the first. Throws `client_id_reused` if the key was used for another request.
  func result(of operator: Operator, _ database: Database) throws -> String? {
    guard let user = `operator`.userRowID, let earlier = try IdempotencyKeys.find(key, of: user, database) else { return nil }
    guard earlier.fingerprint == fingerprint else {
      throw ChatError(.clientIDReused, "This Idempotency-Key was used for another request.")
    }
    return earlier.result
  }

  func store(_ result: String, of operator: Operator, _ transaction: Transaction) throws {
    guard let user = `operator`.userRowID else { return }
    try IdempotencyKeys.insert(key, of: user, fingerprint: fingerprint, result: result, at: transaction.now, transaction)
  }
}
