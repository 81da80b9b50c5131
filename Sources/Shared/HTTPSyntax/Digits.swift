// Reads whole numbers as headers and queries write them.

extension FixedWidthInteger {
  /// Nil for anything but ASCII digits that fit: no sign, no space.
  public init?(digits text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
    self.init(text, radix: 10)
  }
}
