// One spelling for a password, whatever keyboard it came from.

// The normaliser that String's own comparison uses is not public API, only SPI, which Foundation also builds upon. The toolchain is
// pinned and no package to be had offers another; should a later one drop it, this line stops compiling and nothing else changes.
@_spi(_Unicode) import Swift

enum PasswordText {
  /// No password that keeps the rules is longer than this, however it is composed. Normalising is not linear in the worst case, so
  /// longer text is turned away before it.
  static let utf8Max = 4096

  /// The text in Unicode normalisation form C (as RFC 8265 section 4.2.2 has it); nil if it is too long to be a password.
  ///
  /// A Mac may send "é" as two scalars where the same person's phone sends one. Unnormalised, she would be locked out by her keyboard.
  static func canonical(_ text: String) -> String? {
    guard text.utf8.count <= utf8Max else { return nil }
    return String(String.UnicodeScalarView(text._nfc))
  }
}
