// Registration, login, token refresh and password change.
import Auth
import Configuration
public import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Creates an account and signs in to it. Blocks while the password is hashed. Without a username one is made from the address. A repeated
  /// request (same `idempotencyKey`, same fields, same password) signs in to the account that the first one created. `client` names the
  /// address that the request came from. `registrationCode` is needed where registration is by invitation.
  ///
  /// With mail on, the e-mail address is pending until it is verified, so one that another account has is no obstacle, and the answer does
  /// not tell: Decision 0020. Without, `email_taken`.
  public func register(
    username: String?, password: String, email: String?, displayName: String?, userAgent: String, deviceName: String? = nil,
    idempotencyKey: String?, client: String? = nil, registrationCode: String? = nil
  ) throws -> SignIn {
    let code = try self.registrationCode(registrationCode)
    let device = try Device(userAgent: userAgent, name: deviceName, address: client)
    let name = try username.map { try Username($0) }
    try name?.checkNotReserved()
    let display = try displayName.map { try DisplayName($0).text }
    let address = try email.map { try EmailAddress($0) }
    guard name != nil || address != nil else {
      throw ChatError.invalid("username", "missing", "A user name, or an e-mail address to make one from.")
    }
    let key = try idempotencyKey.map { try ClientID($0, field: "Idempotency-Key") }
    let newPassword = try Self.checked(newPassword: password, field: "password")
    let fingerprint = Digest.sha256Prefix64(
      Array([name?.text ?? "", display ?? name?.text ?? "", address?.text ?? ""].joined(separator: "\n").utf8))

    let isMailOn = settings.isMailOn
    // One that the first of two equal requests used up lets the second one in.
    if let key, let signIn = try repeatedSignIn(name, address, password, key, fingerprint, device) { return signIn }
    // Who has no code learns of no account.
    let refusal = try readers.read { try Self.error(of: code, at: clock.now, $0) ?? Self.taken(name, isMailOn ? nil : address, $0) }
    if let refusal { throw refusal }
    let requester = HashRequester(isSignIn: false, account: name?.text ?? address?.text ?? "", client: client)
    let hash = try hasher.hash(newPassword, for: requester)
    return try commit { [self] transaction in
      if let taken = try Self.taken(name, isMailOn ? nil : address, transaction.database) { throw taken }
      if let key, let address, name == nil, try Users.credentials(registeredWith: address, key: key, transaction.database) != nil {
        throw ChatError(.clientIDReused, "This key was used for another registration, or just now for this one: repeat it then.")
      }
      try Self.use(code, transaction)
      let username = try name ?? Self.freeUsername(like: address?.text ?? "", transaction.database)
      let user = try Users.insert(
        id: PublicID(trusted: Random.id()), username: username, displayName: display ?? username.text, email: isMailOn ? nil : address,
        pendingEmail: isMailOn ? address : nil, passwordHash: hash, at: transaction.now, transaction)
      if isMailOn, let address { try sendVerification(to: address, of: user, transaction) }
      try joinDefaultRooms(user, transaction)
      if let key {
        try IdempotencyKeys.insert(key, of: user.rowID, fingerprint: fingerprint, result: user.id.text, at: transaction.now, transaction)
      }
      try AuditLog.record(.userMade, by: .user(user.rowID), user: user.rowID, address: client, transaction)
      return try openSession(of: user, device, transaction)
    }
  }

  /// The error if the user name or the address belongs to an account.
  static func taken(_ name: Username?, _ address: EmailAddress?, _ database: Database) throws -> ChatError? {
    if let name, try Users.exists(username: name, database) { return ChatError(.usernameTaken, "This user name is taken.") }
    guard let address, try Users.exists(email: address, database) else { return nil }
    return emailTaken
  }

  /// A user name that resembles an address or another name, and that nobody has. The numbers that make it differ are drawn, so that they do
  /// not tell how many there are.
  static func freeUsername(like text: String, _ database: Database) throws -> Username {
    for digits in [0, 2, 3, 4, 6, 9, 9, 9] {
      let number = digits == 0 ? "" : Random.digits(digits)
      guard let name = Username(like: text, number: number), !name.isReserved else { continue }
      if try !Users.exists(username: name, database) { return name }
    }
    throw ChatError.invalid("username", "missing", "No free user name could be made from the address; choose one.")
  }

  /// Signs in to the account that the same request has created; nil if there is none. The key alone must not open an account: a client that
  /// repeats a registration also knows its password. Throws `bad_credentials` if the account has changed meanwhile.
  private func repeatedSignIn(
    _ name: Username?, _ address: EmailAddress?, _ password: String, _ key: ClientID, _ fingerprint: Int64, _ device: Device
  ) throws -> SignIn? {
    let found = try readers.read { database in
      let credentials =
        if let name {
          try Users.credentials(login: name.text, database)
        } else {
          try address.flatMap { try Users.credentials(registeredWith: $0, key: key, database) }
        }
      return try credentials.map { ($0, try IdempotencyKeys.find(key, of: $0.user.rowID, database)) }
    }
    guard let (credentials, entry) = found, let entry, entry.fingerprint == fingerprint, !credentials.isSuspended,
      try isRight(password, of: credentials, login: credentials.user.username, device.address)
    else { return nil }
    return try commit { [self] transaction in
      try Self.check(credentials, Self.badLogin, transaction)
      return try openSession(of: credentials.user, device, transaction)
    }
  }

  /// Signs in by user name or e-mail address. Takes the same time whether or not the account exists.
  public func logIn(
    login: String, password: String, userAgent: String, deviceName: String? = nil, client: String? = nil
  ) throws -> SignIn {
    let device = try Device(userAgent: userAgent, name: deviceName, address: client)
    let credentials = try readers.read { try Users.credentials(login: login, $0) }
    guard try isRight(password, of: credentials, login: login, client), let credentials else {
      throw Self.badLogin
    }
    if credentials.isSuspended { throw Self.suspended }
    let requester = HashRequester(isSignIn: true, account: credentials.user.username, client: client)
    let rehashed = try credentials.passwordHash.flatMap {
      try hasher.needsRehash($0) ? hasher.rehash(accepted: password, for: requester) : nil
    }
    return try commit { [self] transaction in
      try Self.check(credentials, Self.badLogin, transaction)
      if let rehashed { try Users.setPasswordHash(rehashed, of: credentials.user.rowID, transaction) }
      return try openSession(of: credentials.user, device, transaction)
    }
  }

  private static let badLogin = ChatError(.badCredentials, "User name or password is wrong.")

  /// Throws `error` unless the account still has the password that was verified outside the transaction: it may have been changed, or the
  /// account deleted, while the password was hashed. Throws `suspended` if the user is.
  static func check(_ verified: Credentials, _ error: ChatError, _ transaction: Transaction) throws {
    let current = try Users.credentials(login: verified.user.username, transaction.database)
    guard let current, current.user.rowID == verified.user.rowID, current.passwordHash == verified.passwordHash else { throw error }
    if current.isSuspended { throw suspended }
  }

  /// Exchanges a refresh token for new tokens. One that is spent ends the whole session. `client` names the address that the request came
  /// from, as the list of devices tells it.
  public func refresh(_ refreshToken: String, client: String? = nil) throws -> SignIn {
    let refusal = ChatError(.badCredentials, "This refresh token is not valid.")
    // Read first: a token that nobody has costs no commit.
    guard let hash = OpaqueToken.hash(of: refreshToken),
      let found = try readers.read({ try RefreshTokens.find(hash, at: clock.now, $0) })
    else { throw refusal }
    if case .valid(let holder) = found { try chargeCommand(of: holder.user.rowID) }
    let outcome: SignIn? = try commit { [self] transaction in
      switch try RefreshTokens.find(hash, at: transaction.now, transaction.database) {
      case .valid(let holder):
        let principal = try Self.principal(of: holder)
        if let milliseconds = try RefreshTokens.delay(of: principal.session, at: transaction.now, transaction) {
          throw Self.tooManyRefreshes(milliseconds)
        }
        let next = OpaqueToken.make()
        try RefreshTokens.exchange(
          hash, of: principal.session, for: next.hash, at: transaction.now,
          expiresAt: transaction.now + .seconds(settings.refreshTokenSeconds), address: client, transaction)
        return signIn(principal.user, principal.sessionID, refreshToken: next.token)
      case .spent(let holder):
        // Not thrown from here: an error would roll the end of the session back.
        try Sessions.end(holder.session, of: holder.user.rowID, at: transaction.now, transaction)
        try AuditLog.record(
          .sessionEnded, by: .nobody, user: holder.user.rowID, address: client, detail: "a copied refresh token", transaction)
        return nil
      case nil:
        return nil
      }
    }
    guard let outcome else { throw refusal }
    return outcome
  }

  private static func tooManyRefreshes(_ milliseconds: Int64) -> ChatError {
    let count = RefreshTokens.exchangesPerDayMax
    return ChatError(
      .rateLimited, "At most \(count) refreshes of a session in a day.", retryAfterMilliseconds: milliseconds,
      limit: ExceededLimit(.refreshes, count: count, windowMilliseconds: RefreshTokens.dayMilliseconds))
  }

  /// Ends the session of a token: any of its refresh tokens, or an access token. Nothing happens if there is no such session, or if its user
  /// is suspended: it lets nobody in, and ends with the suspension.
  public func endSession(ofToken token: String, client: String? = nil) throws {
    let find: @Sendable (Timestamp, Database) throws -> AuthenticatedSession?
    if let hash = OpaqueToken.hash(of: token) {
      find = { try RefreshTokens.find(hash, at: $0, $1)?.session }
    } else if let claim = try claimIfValid(ofAccessToken: token) {
      find = { now, database in try Sessions.find(claim.session, at: now, database).flatMap { $0.user.id == claim.user ? $0 : nil } }
    } else {
      return
    }
    guard let holder = try readers.read({ try find(clock.now, $0) }), !holder.isSuspended else { return }
    try commit { transaction in
      guard let holder = try find(transaction.now, transaction.database), !holder.isSuspended else { return }
      try Sessions.end(holder.session, of: holder.user.rowID, at: transaction.now, transaction)
      try AuditLog.record(.signOut, by: .user(holder.user.rowID), user: holder.user.rowID, address: client, transaction)
    }
  }

  /// Nil for a token that signs nobody in.
  private func claimIfValid(ofAccessToken token: String) throws -> SessionClaim? {
    do {
      return try claim(of: try verify(accessToken: token))
    } catch is ChatError {
      return nil
    }
  }

  /// Changes the password and ends all other sessions, all links that were sent by mail, and a change of address that is pending. Blocks
  /// while passwords are hashed.
  public func changePassword(
    from old: String, to new: String, by principal: Principal, userAgent: String = "", client: String? = nil
  ) throws {
    let newPassword = try Self.checked(newPassword: new, field: "new_password")
    let refusal = ChatError(.badCredentials, "The old password is wrong.")
    let credentials = try confirmed(password: old, of: principal, client, refusal)
    let hash = try hasher.hash(newPassword, for: HashRequester(isSignIn: false, account: principal.user.username, client: client))
    let device = Device(userAgent: userAgent, address: client)
    try commit(as: principal, .evenUnverified) { [self] transaction in
      try Self.check(credentials, refusal, transaction)
      try Users.setPasswordHash(hash, of: principal.user.rowID, transaction)
      let user = principal.user.rowID
      let ended = try Sessions.endOthers(of: user, than: principal.session, at: transaction.now, transaction)
      try Self.endLinksAndPendingEmail(of: principal.user, transaction)
      try notify(.passwordChanged, of: principal.user, from: device, transaction)
      try AuditLog.record(
        .passwordChanged, by: .user(user), user: user, address: client, detail: "\(ended) other sessions ended", transaction)
    }
  }

  static func checked(newPassword text: String, field: String) throws(ChatError) -> NewPassword {
    do {
      return try NewPassword(text)
    } catch .tooShort {
      throw .invalid(field, "length", "At least \(NewPassword.charactersMin) characters.")
    } catch .tooLong {
      throw .invalid(field, "length", "At most \(NewPassword.charactersMax) characters.")
    } catch {
      throw .invalid(field, "common", "This is one of the most common passwords.")
    }
  }

  func openSession(of user: User, _ device: Device, _ transaction: Transaction) throws -> SignIn {
    try noticeSignIn(of: user, from: device, transaction)
    let refresh = OpaqueToken.make()
    let expiresAt = transaction.now + .seconds(settings.refreshTokenSeconds)
    let (_, id) = try Self.insertSession(of: user, device, refreshHash: refresh.hash, expiresAt: expiresAt, transaction)
    return signIn(user, id, refreshToken: refresh.token)
  }

  /// Stores a session that begins, and records the sign-in.
  static func insertSession(
    of user: User, _ device: Device, refreshHash: [UInt8], expiresAt: Timestamp, _ transaction: Transaction
  ) throws -> (rowID: SessionRowID, id: PublicID) {
    let id = PublicID(trusted: Random.id())
    let rowID = try Sessions.insert(
      id: id, user: user.rowID, refreshHash: refreshHash, device: device, at: transaction.now, expiresAt: expiresAt, transaction)
    try AuditLog.record(
      .signIn, by: .user(user.rowID), user: user.rowID, address: device.address, detail: device.readableName, transaction)
    return (rowID, id)
  }

  private func signIn(_ user: User, _ session: PublicID, refreshToken: String) -> SignIn {
    let claims = tokens.claims(userID: user.id.text, sessionID: session.text, nowSeconds: clock.now.milliseconds / 1000)
    return SignIn(
      user: user, accessToken: tokens.issue(claims), expiresInSeconds: tokens.lifetimeSeconds, refreshToken: refreshToken,
      refreshExpiresInSeconds: settings.refreshTokenSeconds)
  }
}
