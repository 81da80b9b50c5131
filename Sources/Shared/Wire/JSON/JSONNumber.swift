// Whole numbers of JSON, read exactly.

/// What a number of JSON, whose syntax is valid, is as a whole number of 64 bits. In any notation: 7, 7.0 and 70e-1 are the same number.
enum JSONNumber: Equatable {
  case integer(Int64)
  case fraction
  case outOfRange

  /// No exponent that matters has more.
  private static let exponentMax = 1_000_000

  init(_ text: ArraySlice<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    var digits: [UInt8] = []
    /// Of ten, for `digits` as a whole number.
    var exponent = 0
    var isFraction = false
    var index = isNegative ? text.startIndex + 1 : text.startIndex
    while index < text.endIndex, text[index] | 0x20 != UInt8(ascii: "e") {
      if text[index] == UInt8(ascii: ".") {
        isFraction = true
      } else {
        digits.append(text[index] - UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
      }
      index += 1
    }
    exponent += Self.exponent(text[index...].dropFirst())
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    let significant = digits.drop { $0 == 0 }
    guard !significant.isEmpty else {
      self = .integer(0)
      return
    }
    guard exponent >= 0 else {
      self = .fraction
      return
    }
    guard let number = Self.number(significant, exponent, isNegative) else {
      self = .outOfRange
      return
    }
    self = .integer(number)
  }

  /// The digits after `e`, with their sign.
  private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
    let isNegative = text.first == UInt8(ascii: "-")
    let magnitude = text.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.reduce(0) { value, digit in
      min(value * 10 + Int(digit - UInt8(ascii: "0")), exponentMax)
    }
    return isNegative ? -magnitude : magnitude
  }

  private static func number(_ digits: ArraySlice<UInt8>, _ exponent: Int, _ isNegative: Bool) -> Int64? {
    // The greatest has 19 digits.
    guard digits.count + exponent <= 19 else { return nil }
    var number: Int64 = 0
    for digit in digits + [UInt8](repeating: 0, count: exponent) {
      let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeWithDigit) =
        isNegative ? tenfold.subtractingReportingOverflow(Int64(digit)) : tenfold.addingReportingOverflow(Int64(digit))
      guard !isTooLarge, !isTooLargeWithDigit else { return nil }
      number = sum
    }
    return number
  }
}
