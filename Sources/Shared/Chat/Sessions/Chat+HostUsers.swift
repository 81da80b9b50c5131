// Users for whom a host application vouches by a token, or nginx by having signed them in: made at first sight.
import Auth
public import Domain
import SQL
import Store

extension Chat {
  /// The session of a host application's tokens lives so much longer than the newest of them, so that tokens of a few seconds do not cost a
  /// commit each.
  static let hostSessionGraceSeconds: Int64 = 3600

  /// Who vouches for a user.
  enum Voucher {
    /// A host application, by its `iss`.
    case issuer(String)
    /// nginx, by `ECHOCHAT_REMOTE_USER`.
    case proxy

    var issuer: String? { if case .issuer(let name) = self { name } else { nil } }

    /// What tells a user from all others: nothing that they could choose. No text of one kind can be one of the other.
    func identity(of subject: String) -> [UInt8] {
      switch self {
      case .issuer(let name): Digest.sha256(Array("token\0\(name)\0\(subject)".utf8))
      case .proxy: Digest.sha256(Array("proxy\0\(subject)".utf8))
      }
    }
  }

  // MARK: Tokens

  /// The session that a host application's token stands for, if the token brings nothing new; otherwise nil. Throws `unauthenticated` for
  /// a token from before its session, or the account, was ended; `suspended`.
  func knownSession(of claims: HostClaims) throws -> SessionClaim? {
    try readers.read { database in
      guard let found = try hostUser(of: claims, at: clock.now, database), let user = found.user, let session = found.session,
        session.expiresAt.milliseconds >= claims.expiresAtSeconds * 1000, !Self.isNewer(claims, than: found)
      else { return nil }
      return SessionClaim(session: session.id, user: user.id)
    }
  }

  /// The change that makes the user, or the session, or takes over what the token says of the user. Throws what `knownSession` throws.
  func makingSession(of claims: HostClaims) -> Change<SessionClaim> {
    { [self] transaction in
      let found = try hostUser(of: claims, at: transaction.now, transaction.database)
      let user = try found?.user ?? makeUser(of: claims, transaction)
      if let found, found.user != nil, Self.isNewer(claims, than: found) { try takeOver(claims, of: user, transaction) }
      let expiresAt = Timestamp(milliseconds: (claims.expiresAtSeconds + Self.hostSessionGraceSeconds) * 1000)
      if let session = found?.session {
        if session.expiresAt.milliseconds < claims.expiresAtSeconds * 1000 {
          try HostUsers.extend(session.rowID, until: expiresAt, at: transaction.now, transaction)
        }
        return SessionClaim(session: session.id, user: user.id)
      }
      // Nobody has the refresh token of this hash: there is none.
      let (session, id) = try Self.insertSession(
        of: user, try hostDevice, refreshHash: Random.bytes(32), expiresAt: expiresAt, transaction)
      try HostUsers.setSession(session, name: Self.sessionName(of: claims), of: user.rowID, transaction)
      return SessionClaim(session: id, user: user.id)
    }
  }

  /// Nil for a user who has not been seen yet, or whose account was deleted before the host application signed them in anew.
  private func hostUser(of claims: HostClaims, at now: Timestamp, _ database: Database) throws -> HostUser? {
    guard let issuer = hostTokens?.issuer else { throw Self.unauthenticated }
    let identity = Voucher.issuer(issuer).identity(of: claims.subject)
    guard let found = try HostUsers.find(identity, session: Self.sessionName(of: claims), at: now, database) else { return nil }
    if found.isSuspended { throw Self.suspended }
    // A clock that is ahead of ours may have issued a token "after" what ended it: so that none survives, those of the next seconds go, too.
    for end in [found.deletedAt, found.sessionEndedAt] {
      guard let end, claims.issuedAtSeconds <= end.milliseconds / 1000 + HostTokens.leewaySeconds else { continue }
      throw Self.unauthenticated
    }
    return found
  }

  /// What the list of devices shows for a session that tokens stand for: they come from anywhere.
  private var hostDevice: Device {
    get throws {
      let issuer = hostTokens?.issuer ?? ""
      return try Device(userAgent: issuer, name: String(issuer.prefix(Device.nameCharactersMax)), address: nil)
    }
  }

  private static func sessionName(of claims: HostClaims) -> [UInt8] { Digest.sha256(Array((claims.session ?? "").utf8)) }

  // MARK: nginx

  /// Signs in the user that nginx names. Throws `invalid_field` for a name that cannot be one; `suspended`.
  public func signIn(remoteUser subject: String, userAgent: String, client: String? = nil) throws -> SignIn {
    // U+FFFD stands for bytes that were no UTF-8: two users could have the same.
    guard (1...HostClaims.subjectBytesMax).contains(subject.utf8.count),
      subject.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0.value != 0xfffd })
    else { throw ChatError.invalid("remote_user", "characters", "The name that nginx gives is not 1 to 255 bytes of text.") }
    let voucher = Voucher.proxy
    return try commit { [self] transaction in
      let name = Digest.sha256([])
      let found = try HostUsers.find(voucher.identity(of: subject), session: name, at: transaction.now, transaction.database)
      if let found, found.isSuspended { throw Self.suspended }
      let user = try found?.user ?? makeUser(voucher, subject, HostProfile(username: subject), transaction)
      return try openSession(of: user, Device(userAgent: userAgent, address: client), transaction)
    }
  }

  // MARK: Users

  /// What is known of a user beside who they are.
  private struct HostProfile {
    var username: String?
    var name: String?
    var email: String?
    var isEmailVerified = false
    var hash: [UInt8]?
    var issuedAtSeconds: Int64 = 0

    init(username: String) {
      self.username = username
    }

    init(_ claims: HostClaims) {
      username = claims.username
      name = claims.name
      email = claims.email
      isEmailVerified = claims.isEmailVerified
      hash = Chat.profileHash(of: claims)
      issuedAtSeconds = claims.issuedAtSeconds
    }
  }

  private func makeUser(of claims: HostClaims, _ transaction: Transaction) throws -> User {
    guard let issuer = hostTokens?.issuer else { throw Self.unauthenticated }
    return try makeUser(.issuer(issuer), claims.subject, HostProfile(claims), transaction)
  }

  /// Makes an account without a password, as at registration. Its user name is the wanted one, or resembles it: an account that has that
  /// name already is somebody else's.
  private func makeUser(_ voucher: Voucher, _ subject: String, _ profile: HostProfile, _ transaction: Transaction) throws -> User {
    let database = transaction.database
    let username = try Self.freeUsername(wanted: profile.username ?? profile.email ?? profile.name ?? "", database)
    let display = [profile.name, profile.username].lazy.compactMap { $0 }.compactMap(Self.displayName).first ?? username.text
    let email = try Self.freeEmail(profile.email, database)
    let user = try Users.insert(
      id: PublicID(trusted: Random.id()), username: username, displayName: display, email: nil, passwordHash: nil, at: transaction.now,
      transaction)
    if let email {
      try HostUsers.setEmail(email, verifiedAt: profile.isEmailVerified ? transaction.now : nil, of: user.rowID, transaction)
    }
    try HostUsers.bind(
      voucher.identity(of: subject), HostIdentity(issuer: voucher.issuer, subject: subject), to: user.rowID, profile: profile.hash,
      issuedAtSeconds: profile.issuedAtSeconds, transaction)
    try joinDefaultRooms(user, transaction)
    try AuditLog.record(.userMade, by: .service, user: user.rowID, detail: voucher.issuer ?? "nginx", transaction)
    return user
  }

  private static func freeUsername(wanted: String, _ database: Database) throws -> Username {
    if let name = try? Username(wanted), !name.isReserved, try !Users.exists(username: name, database) { return name }
    return try freeUsername(like: wanted, database)
  }

  /// The first characters that a display name may have.
  private static func displayName(_ text: String) -> String? { (try? DisplayName(String(text.prefix(DisplayName.charactersMax))))?.text }

  /// Nil if it is no address, or another account's: that one is not taken over, and not robbed of it.
  private static func freeEmail(_ text: String?, of user: UserRowID? = nil, _ database: Database) throws -> EmailAddress? {
    guard let text, let email = try? EmailAddress(text) else { return nil }
    if let user, try Users.email(of: user, database) == email.text { return email }
    return try Users.exists(email: email, database) ? nil : email
  }

  // MARK: Changed claims

  private static func profileHash(of claims: HostClaims) -> [UInt8] {
    Digest.sha256(Array("\(claims.name ?? "")\0\(claims.email ?? "")\0\(claims.isEmailVerified)".utf8))
  }

  /// Whether a token says something else of its user than the one that was issued last.
  private static func isNewer(_ claims: HostClaims, than found: HostUser) -> Bool {
    claims.issuedAtSeconds > found.profileIssuedAtSeconds && found.profile != profileHash(of: claims)
  }

  /// Takes over display name and address, but no user name: mentions and others' memory are bound to that. What users change here stays
  /// until the host application changes it, too. More changes of names than anybody may make are left out.
  private func takeOver(_ claims: HostClaims, of user: User, _ transaction: Transaction) throws {
    if let email = try Self.freeEmail(claims.email, of: user.rowID, transaction.database) {
      let before = try Users.accountEmail(of: user.rowID, transaction.database)
      try HostUsers.setEmail(email, verifiedAt: claims.isEmailVerified ? transaction.now : nil, of: user.rowID, transaction)
      if try Users.accountEmail(of: user.rowID, transaction.database) != before { try Self.announceAccount(of: user, transaction) }
    }
    if let name = claims.name.flatMap(Self.displayName), name != user.displayName, try profileDelay(of: user, transaction) == nil {
      let changed = User(
        rowID: user.rowID, id: user.id, username: user.username, displayName: name, statusText: user.statusText, avatar: user.avatar,
        createdAt: user.createdAt)
      try Users.setProfile(of: changed, transaction)
      try Self.announce(changed, by: .server, transaction)
    }
    try HostUsers.setProfile(
      Self.profileHash(of: claims), issuedAtSeconds: claims.issuedAtSeconds, of: user.rowID, transaction)
  }
}
