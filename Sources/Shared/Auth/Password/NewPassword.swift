// A password that satisfies the password policy.

/// 8–128 characters, not among the most common passwords. The hasher makes hashes of this type alone.
///
/// A character is a Unicode scalar of the NFC form (as NIST SP 800-63B 5.1.1.2 counts), so "é" is one however it was typed. Any
/// scalar counts, space and NUL included; there are no rules of composition.
public struct NewPassword: Sendable {
  public static let charactersMin = 8
  public static let charactersMax = 128

  /// In NFC.
  let text: String

  /// Throws the rule that `text` breaks. Common passwords are compared without regard to case.
  public init(_ text: String) throws(PasswordPolicyError) {
    guard let canonical = PasswordText.canonical(text) else { throw .tooLong }
    let count = canonical.unicodeScalars.count
    guard count >= Self.charactersMin else { throw .tooShort }
    guard count <= Self.charactersMax else { throw .tooLong }
    guard !CommonPasswords.contains(canonical.lowercased()) else { throw .tooCommon }
    self.text = canonical
  }
}

/// The rule that a password breaks; may be shown to the user.
public enum PasswordPolicyError: Error, Equatable {
  /// Fewer than `NewPassword.charactersMin`.
  case tooShort
  /// More than `NewPassword.charactersMax`.
  case tooLong
  /// Among the passwords that are guessed first.
  case tooCommon
}
