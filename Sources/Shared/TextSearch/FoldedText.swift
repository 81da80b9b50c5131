// Text folded for search: without case and accents, cut into words, with the place in the original of each part.
@_spi(_Unicode) import Swift

/// Two spellings of the same word fold to the same scalars: lower case, compatibility decomposition (NFKD), without accents, vowel points
/// and what is not seen (soft hyphens, zero-width characters); letters such as ß are spelled as on a keyboard that lacks them
/// (`spellings`). A hyphen or an apostrophe in a word is left out, and what it joins is a compound beside its parts: "co-op" is "co",
/// "op" and "coop" (`FoldedText+Words`; Decisions/0016 has all of it). Indexes hold folded words: when this changes they are
/// rebuilt (`SearchIndex.version`, and a migration for the names).
public struct FoldedText: Sendable {
  public enum WordKind: Sendable {
    /// Letters and digits between separators.
    case spaced
    /// A run of a script that puts no spaces between words: Chinese, Japanese, Thai and their neighbours.
    case unspaced
    /// An emoji or another symbol that means something by itself.
    case sign
  }

  public struct Word: Sendable, Equatable {
    public let kind: WordKind
    public let range: Range<Int>
  }

  /// Words that punctuation joins, or a word with signs that belong to it: co-op, v1.2.3, C++, #42.
  public struct Compound: Sendable, Equatable {
    public let range: Range<Int>
    /// Indices of its parts among the words.
    public let parts: Range<Int>
    /// It has such signs: without them it is another word.
    public let hasSigns: Bool
    /// It has punctuation beside a digit: another digit is another number.
    public let hasNumbers: Bool
  }

  public internal(set) var scalars: [Unicode.Scalar] = []
  /// The bytes of the original's UTF-8 from which each scalar came: a whole character.
  public internal(set) var origins: [Range<Int>] = []
  /// In order and apart from each other.
  public internal(set) var words: [Word] = []
  /// In order and apart from each other.
  public internal(set) var compounds: [Compound] = []

  public init(_ text: String) {
    scalars.reserveCapacity(text.utf8.count)
    origins.reserveCapacity(text.utf8.count)
    // Most names and many messages are ASCII: cutting them into characters takes longer than all the rest. ("\r\n" is one character.)
    if text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x0d }) {
      for (offset, byte) in text.utf8.enumerated() { append(Self.lowercase(byte), offset..<offset + 1) }
    } else {
      var offset = 0
      for character in text {
        let origin = offset..<offset + character.utf8.count
        offset = origin.upperBound
        // ASCII, the common case, needs no decomposition; "\r\n" is one character that has no ASCII value of its own.
        if let ascii = origin.count == 1 ? character.asciiValue : nil {
          append(Self.lowercase(ascii), origin)
        } else {
          for scalar in String(character).lowercased()._nfd { fold(scalar, origin) }
        }
      }
    }
    findWords()
  }

  public func text(_ range: Range<Int>) -> String { String(scalars: scalars[range]) }

  /// The original's bytes from which a range of scalars came: whole characters.
  public func origin(of range: Range<Int>) -> Range<Int> {
    guard let last = range.last else { return 0..<0 }
    return origins[range.lowerBound].lowerBound..<origins[last].upperBound
  }

  private static func lowercase(_ ascii: UInt8) -> Unicode.Scalar {
    Unicode.Scalar((0x41...0x5a).contains(ascii) ? ascii | 0x20 : ascii)
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ origin: Range<Int>) {
    scalars.append(scalar)
    origins.append(origin)
  }

  /// Appends what a scalar of a canonical decomposition folds to.
  private mutating func fold(_ scalar: Unicode.Scalar, _ origin: Range<Int>) {
    guard !Self.isUnseen(scalar), !Self.isAccent(scalar) else { return }
    if let spelling = Self.spellings[scalar] {
      for letter in spelling { append(letter, origin) }
    } else if let mapping = CompatibilityMappings.mapping(of: scalar) {
      for mapped in mapping where !Self.isAccent(mapped) { append(Self.spellings[mapped]?.first ?? mapped, origin) }
    } else {
      append(scalar, origin)
    }
  }

  /// Letters that Unicode does not take apart; the final sigma; and what is typed as an apostrophe or a hyphen.
  private static let spellings: [Unicode.Scalar: [Unicode.Scalar]] = [
    "ı": ["i"], "ł": ["l"], "ø": ["o"], "đ": ["d"], "ð": ["d"], "ħ": ["h"], "ŧ": ["t"], "ŋ": ["n"], "ß": ["s", "s"], "æ": ["a", "e"],
    "œ": ["o", "e"], "þ": ["t", "h"], "ς": ["σ"],
    "\u{2018}": ["'"], "\u{2019}": ["'"], "\u{2bc}": ["'"], "\u{b4}": ["'"],
    "\u{2010}": ["-"], "\u{2011}": ["-"], "\u{2012}": ["-"], "\u{2013}": ["-"], "\u{2212}": ["-"], "\u{2044}": ["/"],
  ]

  // MARK: Classes of scalars

  /// Accents by their combining class: 220 and above are the marks above and below letters, 10 to 36 the points of Hebrew, Arabic and
  /// Syriac. Marks that are vowels or change the letter (Devanagari, Thai, the Japanese voicing mark) have others and stay.
  private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    let combining = scalar.properties.canonicalCombiningClass.rawValue
    return (10...36).contains(combining) || combining >= 200
  }

  /// Unicode's Default_Ignorable_Code_Point, and the stroke that only makes an Arabic word longer.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xad, 0x34f, 0x61c, 0x640, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f,
      0x3164, 0xfe00...0xfe0f, 0xfeff, 0xffa0, 0xfff0...0xfff8, 0x1bca0...0x1bca3, 0x1d173...0x1d17a, 0xe0000...0xe0fff:
      true
    default: false
    }
  }

  /// Nil for a scalar between words.
  static func kind(of scalar: Unicode.Scalar) -> WordKind? {
    switch scalar.value {
    case 0x30...0x39, 0x61...0x7a: return .spaced
    case 0...0x7f, 0x2000...0x206f: return nil
    case 0x0e00...0x0eff, 0x1000...0x109f, 0x1780...0x17ff, 0x3005...0x3007, 0x3040...0x30ff, 0x31f0...0x31ff, 0x3400...0x4dbf,
      0x4e00...0x9fff, 0xf900...0xfaff, 0xff66...0xff9f, 0x20000...0x3ffff:
      return .unspaced
    default:
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
        .decimalNumber, .letterNumber, .otherNumber:
        return .spaced
      case .otherSymbol, .currencySymbol, .mathSymbol, .modifierSymbol: return .sign
      default: return nil
      }
    }
  }
}

extension String {
  /// Written in place: indexing makes a string of every word of every message, and short ones need no memory of their own then.
  public init(scalars: ArraySlice<Unicode.Scalar>) {
    let count = scalars.reduce(0) { $0 + ($1.isASCII ? 1 : UTF8.width($1)) }
    unsafe self.init(unsafeUninitializedCapacity: count) { bytes in
      var end = 0
      for scalar in scalars {
        if scalar.isASCII {
          unsafe bytes[end] = UInt8(truncatingIfNeeded: scalar.value)
          end += 1
        } else {
          for byte in scalar.utf8 {
            unsafe bytes[end] = byte
            end += 1
          }
        }
      }
      return end
    }
  }
}
