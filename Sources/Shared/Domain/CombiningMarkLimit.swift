// Bounds the combining marks on one character.

/// Counts consecutive combining marks. To compare two texts, Swift sorts the marks of each character in a time that grows with the square
/// of their number: with 24,000, which fit in one frame, every comparison would take a third of a second. Text that stacks marks for fun
/// has dozens; UAX #15 (section 13) calls a text with at most 30 "stream-safe".
public struct CombiningMarkLimit: Sendable {
  /// Consecutive combining marks.
  public static let marksMax = 128

  /// The detail of the error for text beyond the limit.
  public static let detail = "More than \(marksMax) combining marks follow each other."

  private var count = 0

  public init() {}

  /// Counts the next scalar of a text; false if it is one mark too many.
  public mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    // There are none below U+0300, so most text needs no lookup in the tables of Unicode.
    guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
      count = 0
      return true
    }
    count += 1
    return count <= Self.marksMax
  }

  /// Whether every character of a text is within the limit.
  public static func isBounded(in text: String) -> Bool {
    var limit = CombiningMarkLimit()
    return text.unicodeScalars.allSatisfy { limit.take($0) }
  }
}
