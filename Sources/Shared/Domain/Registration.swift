// Who may create an account, and the codes that let people in.

/// Who may register.
public enum RegistrationMode: String, Sendable, CaseIterable {
  /// Everybody.
  case open
  /// Who has a registration code.
  case invite
  /// Nobody: the operator makes the accounts.
  case closed
}

/// A code that lets people register where that needs one.
public struct RegistrationCode: Sendable {
  public let number: Int64
  public let code: PublicID
  /// Nil if it was made on the command line.
  public let createdBy: PublicID?
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  public let usesLeft: Int64

  public init(number: Int64, code: PublicID, createdBy: PublicID?, createdAt: Timestamp, expiresAt: Timestamp, usesLeft: Int64) {
    self.number = number
    self.code = code
    self.createdBy = createdBy
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.usesLeft = usesLeft
  }
}
