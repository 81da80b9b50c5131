// A checked emoji of a reaction.

/// A single character of at most `bytesMax` bytes that is drawn as a picture.
///
/// One picture has several spellings: with and without the selector for emoji presentation (U+FE0F), and with parts that show nothing.
/// `text` is the one that Unicode's emoji-test.txt calls fully-qualified. Keyboards send it, and every client draws it as a picture: without
/// its selectors a heart or a keycap would be a sign of the text.
public struct Emoji: Hashable, Sendable {
  /// The longest in use are couples with skin tones (35 bytes) and flags of regions (28).
  public static let bytesMax = 64

  public let text: String

  public init(_ raw: String) throws(ChatError) {
    guard raw.utf8.count <= Self.bytesMax, raw.count == 1, let spelled = Self.fullyQualified(raw.unicodeScalars),
      spelled.utf8.count <= Self.bytesMax
    else { throw .invalid("emoji", "format", "One emoji of at most \(Self.bytesMax) bytes.") }
    text = spelled
  }

  /// Nil if this is no emoji.
  private static func fullyQualified(_ raw: String.UnicodeScalarView) -> String? {
    guard let parts = visibleParts(raw), let first = parts.first, first.properties.isEmoji else { return nil }
    // Digits, # and * are emoji only as keycaps; regional indicators only in pairs.
    if first.isASCII, !parts.contains(keycap) { return nil }
    if isRegionalIndicator(first), parts.count != 2 || !parts.allSatisfy(isRegionalIndicator) { return nil }

    var spelled = String.UnicodeScalarView()
    for (index, scalar) in parts.enumerated() {
      spelled.append(scalar)
      // What is a sign of the text by default becomes a picture by the selector, or by a skin tone.
      let isToned = parts.dropFirst(index + 1).first?.properties.isEmojiModifier ?? false
      if scalar.properties.isEmoji, !scalar.properties.isEmojiPresentation, !isToned { spelled.append(selector) }
    }
    return String(spelled)
  }

  /// The parts without those that change nothing: selectors, joiners with nothing to join, tags that name no flag. Nil if a part belongs to
  /// no emoji.
  private static func visibleParts(_ raw: String.UnicodeScalarView) -> [Unicode.Scalar]? {
    var parts: [Unicode.Scalar] = []
    var tags: [Unicode.Scalar] = []
    var isJoined = false
    // The flags of regions (ED-14a of UTS #51): a black flag, tags, and the tag that ends them.
    func takeTags() {
      if parts.last == blackFlag, tags.count > 1, tags.last == endOfTags { parts += tags }
      tags = []
    }
    for scalar in raw {
      switch scalar {
      case selector: break
      case joiner: isJoined = true
      case "\u{e0020}"..."\u{e007f}": if tags.last != endOfTags, !isJoined { tags.append(scalar) }
      case keycap:
        takeTags()
        isJoined = false
        parts.append(scalar)
      default:
        guard scalar.properties.isEmoji else { return nil }
        takeTags()
        if isJoined, !scalar.properties.isEmojiModifier { parts.append(joiner) }
        isJoined = false
        parts.append(scalar)
      }
    }
    takeTags()
    return parts
  }

  private static let selector: Unicode.Scalar = "\u{fe0f}"
  private static let joiner: Unicode.Scalar = "\u{200d}"
  private static let keycap: Unicode.Scalar = "\u{20e3}"
  private static let blackFlag: Unicode.Scalar = "\u{1f3f4}"
  private static let endOfTags: Unicode.Scalar = "\u{e007f}"

  private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
    (0x1f1e6...0x1f1ff).contains(scalar.value)
  }
}
