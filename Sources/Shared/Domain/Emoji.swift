// A checked emoji of a reaction.

/// A single character of at most `bytesMax` bytes that is drawn as a picture.
public struct Emoji: Hashable, Sendable {
  /// The longest in use are couples with skin tones (35 bytes) and flags of regions (28).
  public static let bytesMax = 64

  public let text: String

  public init(_ raw: String) throws(ChatError) {
    guard raw.utf8.count <= Self.bytesMax, raw.count == 1, Self.isEmoji(raw.unicodeScalars) else {
      throw .invalid("emoji", "format", "One emoji of at most \(Self.bytesMax) bytes.")
    }
    // A symbol that is text by default (a heart, for example) comes with or without the selector for emoji presentation (U+FE0F): both
    // are the same emoji.
    let isBareSign = raw.unicodeScalars.count == 1 && raw.unicodeScalars.first?.properties.isEmojiPresentation == false
    text = isBareSign ? raw + "\u{fe0f}" : raw
  }

  private static func isEmoji(_ scalars: String.UnicodeScalarView) -> Bool {
    guard let first = scalars.first, first.properties.isEmoji, scalars.allSatisfy(isPart) else { return false }
    // Digits, # and * are emoji only as keycaps; regional indicators only in pairs.
    if first.isASCII { return scalars.contains("\u{20e3}") }
    return !isRegionalIndicator(first) || (scalars.count == 2 && scalars.allSatisfy(isRegionalIndicator))
  }

  /// Emoji, joiners and modifiers, the enclosing keycap, and the tags of regional flags.
  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200d, 0x20e3, 0xfe0f, 0xe0020...0xe007f: true
    default: scalar.properties.isEmoji
    }
  }

  private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
    (0x1f1e6...0x1f1ff).contains(scalar.value)
  }
}
