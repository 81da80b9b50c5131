// Marks without end on one letter.

/// Counts the combining marks that follow each other. To compare two texts, Swift puts the marks of each letter in order, in a time that
/// grows with the square of their number: of 24,000, which fit in one frame, every comparison would take a third of a second. Who stacks
/// them for fun takes dozens; UAX #15 (section 13) calls a text with at most 30 "stream-safe".
package struct CombiningMarkLimit: Sendable {
  /// Marks that may follow each other.
  package static let marksMax = 128

  private var count = 0

  package init() {}

  /// Takes the next scalar of a text; false if it is one mark too many.
  package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    // There are none below; most text never asks the tables of Unicode.
    guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
      count = 0
      return true
    }
    count += 1
    return count <= Self.marksMax
  }

  /// Whether no letter of a text has more marks than it may.
  package static func isBounded(in text: String) -> Bool {
    var run = CombiningMarkLimit()
    return text.unicodeScalars.allSatisfy { run.take($0) }
  }
}
