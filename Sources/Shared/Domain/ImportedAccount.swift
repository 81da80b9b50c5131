// An account of another system, checked by the rules of registration.

public struct ImportedAccount: Sendable, Equatable {
  /// The columns of a CSV file, and the members of a JSON object.
  public enum Field: String, Sendable, CaseIterable {
    case username, email
    case displayName = "display_name"
    case passwordHash = "password_hash"
    case createdAt = "created_at"
    case emailVerified = "email_verified"
  }

  public let username: Username
  public let email: EmailAddress?
  public let displayName: String
  /// As it is in the file: `StoredHash` knows whether it can be verified. Nil: the user has to set a password by their e-mail address.
  public let passwordHash: String?
  /// Nil: at the import.
  public let createdAt: Timestamp?
  public let isEmailVerified: Bool

  /// Throws `invalid_field`. `now`: what `created_at` may not be after.
  public init(_ values: [Field: String], now: Timestamp) throws(ChatError) {
    guard let name = values[.username] else { throw .invalid("username", "missing", "This field is required.") }
    username = try Username(name)
    try username.checkNotReserved()
    email = try values[.email].map { text throws(ChatError) in try EmailAddress(text) }
    displayName = try values[.displayName].map { text throws(ChatError) in try DisplayName(text).text } ?? username.text
    passwordHash = values[.passwordHash]
    createdAt = try values[.createdAt].map { text throws(ChatError) in
      guard let time = Timestamp(anyRFC3339: text), (Timestamp(milliseconds: 0)...now).contains(time) else {
        throw .invalid("created_at", "value", "A time of RFC 3339 from 1970 until now, such as 2024-05-06T07:08:09Z.")
      }
      return time
    }
    isEmailVerified =
      try values[.emailVerified].map { text throws(ChatError) in
        switch text.lowercased() {
        case "true", "t", "1": true
        case "false", "f", "0": false
        default: throw .invalid("email_verified", "value", "One of true and false.")
        }
      } ?? false
    guard email != nil || !isEmailVerified else { throw .invalid("email_verified", "value", "There is no e-mail address to be verified.") }
    guard email != nil || passwordHash != nil else {
      throw .invalid("password_hash", "missing", "Without a password and an e-mail address nobody could sign in.")
    }
  }

  /// The error for a field that an account does not have.
  public static func unknownField(_ name: String) -> ChatError {
    let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
    return .invalid(String(name.prefix(64)), "unknown", "The fields of an account are \(known).")
  }
}
