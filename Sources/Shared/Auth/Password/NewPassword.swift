// A password that someone may choose.

/// 8–128 characters, not among the commonest. The value is the proof: the hasher makes hashes of nothing else.
///
/// A character is a Unicode scalar of the NFC form (as NIST SP 800-63B 5.1.1.2 counts), so "é" is one however it was typed. Any
/// scalar counts, space and NUL included; there are no rules of composition.
package struct NewPassword: Sendable {
  package static let charactersMin = 8
  package static let charactersMax = 128

  /// In NFC.
  let text: String

  /// Throws which rule `text` breaks. The commonest passwords are compared without regard to case.
  package init(_ text: String) throws(PasswordPolicyError) {
    guard let canonical = PasswordText.canonical(text) else { throw .tooLong }
    let count = canonical.unicodeScalars.count
    guard count >= Self.charactersMin else { throw .tooShort }
    guard count <= Self.charactersMax else { throw .tooLong }
    guard !CommonPasswords.contains(canonical.lowercased()) else { throw .tooCommon }
    self.text = canonical
  }
}

/// Why a password may not be chosen; fit to be told to who chose it.
package enum PasswordPolicyError: Error, Equatable {
  /// Fewer than `NewPassword.charactersMin`.
  case tooShort
  /// More than `NewPassword.charactersMax`.
  case tooLong
  /// Among the first that a guesser tries.
  case tooCommon
}
