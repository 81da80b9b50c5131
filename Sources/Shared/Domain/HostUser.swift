// A user for whom a host application, or an nginx, vouches.

/// Whom a host application calls its user, as far as it is known here.
public struct HostUser: Sendable {
  /// A session that the host application's tokens stand for.
  public struct HostSession: Sendable {
    public let rowID: SessionRowID
    public let id: PublicID
    public let expiresAt: Timestamp

    public init(rowID: SessionRowID, id: PublicID, expiresAt: Timestamp) {
      self.rowID = rowID
      self.id = id
      self.expiresAt = expiresAt
    }
  }

  /// Nil if the account was deleted.
  public let user: User?
  public let isSuspended: Bool
  public let deletedAt: Timestamp?
  /// A hash of the claims about the user that were taken over last, and when these were issued, in seconds since 1970.
  public let profile: [UInt8]?
  public let profileIssuedAtSeconds: Int64
  /// The session that was asked for; nil if there is none, or none any more.
  public let session: HostSession?
  /// When a session of that name was ended before its time.
  public let sessionEndedAt: Timestamp?

  public init(
    user: User?, isSuspended: Bool, deletedAt: Timestamp?, profile: [UInt8]?, profileIssuedAtSeconds: Int64, session: HostSession?,
    sessionEndedAt: Timestamp?
  ) {
    self.user = user
    self.isSuspended = isSuspended
    self.deletedAt = deletedAt
    self.profile = profile
    self.profileIssuedAtSeconds = profileIssuedAtSeconds
    self.session = session
    self.sessionEndedAt = sessionEndedAt
  }
}

/// Who vouches for a user, and what they call the user: for the user's export.
public struct HostIdentity: Sendable {
  /// Nil for an nginx.
  public let issuer: String?
  public let subject: String

  public init(issuer: String?, subject: String) {
    self.issuer = issuer
    self.subject = subject
  }
}
