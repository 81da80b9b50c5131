// Reads whole numbers as headers and queries write them.

extension FixedWidthInteger {
  /// Nil for anything but ASCII digits that fit: no sign, no space.
  @inlinable
  public init?(digits text: some StringProtocol) {
    // Digit by digit: the generic `init(_:radix:)` takes microseconds, and every page of messages has two or three numbers.
    var value: Self = 0
    for byte in text.utf8 {
      guard ASCII.isDigit(byte) else { return nil }
      let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = tenfold.addingReportingOverflow(Self(truncatingIfNeeded: byte - 0x30))
      guard !overflows, !sumOverflows else { return nil }
      value = sum
    }
    guard !text.isEmpty else { return nil }
    self = value
  }
}
