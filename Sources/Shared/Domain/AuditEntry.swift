// The audit: who did what to accounts, sessions and rooms, beside what the chat itself tells.

/// What was done. The names are stored and shown to operators: they never change meaning.
public enum AuditAction: String, Sendable, CaseIterable {
  case signIn = "sign_in"
  /// A password that was wrong, or an account that does not exist; several within a minute are one entry with a count.
  case signInFailed = "sign_in_failed"
  case signOut = "sign_out"
  /// Somebody ended a session that was not the one of their request; or a refresh token was presented that only a copy can be.
  case sessionEnded = "session_ended"
  case passwordChanged = "password_changed"
  /// Set without the old one: by a token from an e-mail, or by an operator.
  case passwordReset = "password_reset"
  case emailChanged = "email_changed"
  case emailVerified = "email_verified"
  case userMade = "user_made"
  case userImported = "user_imported"
  case userRenamed = "user_renamed"
  case userSuspended = "user_suspended"
  case userUnsuspended = "user_unsuspended"
  case userDeleted = "user_deleted"
  case operatorMade = "operator_made"
  case operatorUnmade = "operator_unmade"
  case roleChanged = "role_changed"
  case memberAdded = "member_added"
  case memberRemoved = "member_removed"
  case memberBanned = "member_banned"
  case memberUnbanned = "member_unbanned"
  case roomMade = "room_made"
  case roomRenamed = "room_renamed"
  case roomRetentionSet = "room_retention_set"
  case roomDeleted = "room_deleted"
  /// The room takes in every new user from now on, or no longer: the detail is "on" or "off".
  case roomDefaultSet = "room_default_set"
  case messageShownToOperator = "message_shown_to_operator"
  case messageDeletedByOperator = "message_deleted_by_operator"
  case reportResolvedByOperator = "report_resolved_by_operator"
  case registrationCodeMade = "registration_code_made"
  case registrationCodeRevoked = "registration_code_revoked"
  /// A message was posted in a user's name.
  case saidAs = "said_as"
}

/// Who did it.
public enum AuditActor: Sendable, Equatable {
  case user(UserRowID)
  /// Somebody at the command line, by the name of their account of the operating system.
  case commandLine(String)
  /// The service by itself, as when an account is made for a user of the host application.
  case service
  /// Somebody who is not signed in.
  case nobody

  /// Who caused an event: a user, or the service.
  public init(_ cause: EventCause) {
    switch cause {
    case .user(let user): self = .user(user)
    case .server: self = .service
    }
  }
}

/// One entry, as an operator and the user themselves read it.
public struct AuditEntry: Sendable, Equatable {
  public let rowID: Int64
  public let at: Timestamp
  /// An `AuditAction`, or the name of one that a newer program knows.
  public let action: String
  public let actor: Actor
  /// The username of whom it was done to.
  public let user: String?
  public let room: PublicID?
  /// With `room`: the place of the message.
  public let seq: Int64?
  /// The network address that the request came from.
  public let address: String?
  public let detail: String
  /// How often it happened, at least 1.
  public let count: Int64

  /// As `AuditActor`, with the username in place of the row.
  public enum Actor: Sendable, Equatable {
    case user(String)
    case commandLine(String)
    case service
    case nobody
  }

  public init(
    rowID: Int64, at: Timestamp, action: String, actor: Actor, user: String?, room: PublicID?, seq: Int64?, address: String?,
    detail: String, count: Int64
  ) {
    self.rowID = rowID
    self.at = at
    self.action = action
    self.actor = actor
    self.user = user
    self.room = room
    self.seq = seq
    self.address = address
    self.detail = detail
    self.count = count
  }
}

/// Which entries an operator asks for.
public struct AuditFilter: Sendable {
  /// Done by or to this user.
  public var user: UserRowID?
  public var since: Timestamp?
  public var action: String?

  public init(user: UserRowID? = nil, since: Timestamp? = nil, action: String? = nil) {
    self.user = user
    self.since = since
    self.action = action
  }
}
