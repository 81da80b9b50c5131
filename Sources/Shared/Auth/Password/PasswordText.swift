// Normalizes passwords, so that one password has one spelling on every keyboard.

// The normaliser of String's own comparison is SPI, not public API; Foundation uses it, too. The toolchain is pinned and offers no other.
// If a later toolchain drops it, this line stops compiling and nothing else changes.
@_spi(_Unicode) import Swift

enum PasswordText {
  /// No valid password is longer than this in UTF-8, however it is composed. Normalising is not linear in the worst case, so longer text is
  /// rejected before it.
  static let utf8Max = 4096

  /// The text in Unicode normalisation form C (as RFC 8265 section 4.2.2 has it); nil if it is too long to be a password.
  ///
  /// A Mac may send "é" as two scalars where the same user's phone sends one. Without normalising, the password would fail on one of them.
  static func canonical(_ text: String) -> String? {
    guard text.utf8.count <= utf8Max else { return nil }
    return String(String.UnicodeScalarView(text._nfc))
  }
}
