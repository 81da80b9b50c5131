// The e-mail address of an account, and the tokens that are sent to it.

/// The addresses of an account, as its user sees them.
public struct AccountEmail: Equatable, Sendable {
  /// The account's address, which no other account has: it signs in, and mail goes there. Nil for none.
  public let address: String?
  /// Whether the user has shown that the address is theirs.
  public let isVerified: Bool
  /// An address that the user has given and has yet to show to be theirs. Other accounts may have it too; it signs nobody in.
  public let pending: String?

  public init(address: String?, isVerified: Bool, pending: String?) {
    self.address = address
    self.isVerified = address != nil && isVerified
    self.pending = pending
  }

  /// The address that a link would verify.
  public var unverified: String? { pending ?? (isVerified ? nil : address) }
}

/// What only users themselves see of their account.
public struct OwnAccount: Equatable, Sendable {
  public let email: AccountEmail
  public let hidesReadReceipts: Bool
  /// Whether the user may do over REST what the operator's command does.
  public let isOperator: Bool

  public init(email: AccountEmail, hidesReadReceipts: Bool, isOperator: Bool) {
    self.email = email
    self.hidesReadReceipts = hidesReadReceipts
    self.isOperator = isOperator
  }
}

/// What a single-use token is good for.
public enum AccountTokenKind: Int64, Sendable, CaseIterable {
  case verifyEmail = 1
  case resetPassword = 2

  /// The mail that bears it.
  public var mail: MailKind {
    switch self {
    case .verifyEmail: .verifyEmail
    case .resetPassword: .resetPassword
    }
  }
}

/// A token that is still valid.
public struct AccountToken: Sendable {
  public let user: User
  public let isSuspended: Bool
  /// The address that it was sent to; nil if the operator has it.
  public let email: String?

  public init(user: User, isSuspended: Bool, email: String?) {
    self.user = user
    self.isSuspended = isSuspended
    self.email = email
  }
}

/// A device that has signed in to an account, for its user.
public struct KnownDevice: Equatable, Sendable {
  public let firstSeenAt: Timestamp
  public let lastSeenAt: Timestamp

  public init(firstSeenAt: Timestamp, lastSeenAt: Timestamp) {
    self.firstSeenAt = firstSeenAt
    self.lastSeenAt = lastSeenAt
  }
}
