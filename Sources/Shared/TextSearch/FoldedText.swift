// Text folded for search: without case and accents, cut into words, with the place in the original of each part.
@_spi(_Unicode) import Swift

/// Two spellings of the same word fold to the same scalars: lower case, canonical decomposition, accents and vowel points removed, and
/// letters such as ß spelled as on a keyboard that lacks them (`spellings`). Indexes hold folded words: when this changes they are rebuilt
/// (`SearchIndex.version`, and a migration for the names).
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

  public private(set) var scalars: [Unicode.Scalar] = []
  /// Where in the original's UTF-8 the character of each scalar begins; one entry more for the end.
  public private(set) var origins: [Int] = []
  public private(set) var words: [Word] = []

  public init(_ text: String) {
    scalars.reserveCapacity(text.utf8.count)
    origins.reserveCapacity(text.utf8.count + 1)
    // Most names and many messages are ASCII: cutting them into characters takes longer than all the rest. ("\r\n" is one character.)
    if text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x0d }) {
      for (offset, byte) in text.utf8.enumerated() { append(Self.lowercase(byte), offset) }
      origins.append(text.utf8.count)
      findWords()
      return
    }
    var offset = 0
    for character in text {
      let start = offset
      offset += character.utf8.count
      // ASCII, the common case, needs no decomposition; "\r\n" is one character that has no ASCII value of its own.
      if let ascii = character.utf8.count == 1 ? character.asciiValue : nil {
        append(Self.lowercase(ascii), start)
      } else {
        for scalar in String(character).lowercased()._nfd where !Self.isAccent(scalar) {
          if let spelling = Self.spellings[scalar] {
            for letter in spelling { append(letter, start) }
          } else {
            append(scalar, start)
          }
        }
      }
    }
    origins.append(offset)
    findWords()
  }

  public func text(_ range: Range<Int>) -> String { String(scalars: scalars[range]) }

  /// The original's bytes from which a range of scalars came: whole characters.
  public func origin(of range: Range<Int>) -> Range<Int> {
    let start = origins[range.lowerBound]
    var end = range.upperBound
    while end < scalars.count, end > range.lowerBound, origins[end] == origins[end - 1] { end += 1 }
    return start..<origins[end]
  }

  private static func lowercase(_ ascii: UInt8) -> Unicode.Scalar {
    Unicode.Scalar((0x41...0x5a).contains(ascii) ? ascii | 0x20 : ascii)
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ origin: Int) {
    scalars.append(scalar)
    origins.append(origin)
  }

  private mutating func findWords() {
    var start = 0
    var kind: WordKind?
    for index in 0...scalars.count {
      let next = index < scalars.count ? Self.kind(of: scalars[index]) : nil
      if next == kind && next != .sign { continue }
      if let kind, start < index { words.append(Word(kind: kind, range: start..<index)) }
      (start, kind) = (index, next)
    }
  }

  /// Letters that Unicode does not take apart; and the final sigma.
  private static let spellings: [Unicode.Scalar: [Unicode.Scalar]] = [
    "ı": ["i"], "ł": ["l"], "ø": ["o"], "đ": ["d"], "ð": ["d"], "ħ": ["h"], "ŧ": ["t"], "ŋ": ["n"], "ß": ["s", "s"], "æ": ["a", "e"],
    "œ": ["o", "e"], "þ": ["t", "h"], "ς": ["σ"],
  ]

  // MARK: Classes of scalars

  /// Accents by their combining class: 220 and above are the marks above and below letters, 10 to 36 the points of Hebrew, Arabic and
  /// Syriac. Marks that are vowels or change the letter (Devanagari, Thai, the Japanese voicing mark) have others and stay.
  private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    let combining = scalar.properties.canonicalCombiningClass.rawValue
    return (10...36).contains(combining) || combining >= 200
  }

  /// Nil for a scalar between words.
  private static func kind(of scalar: Unicode.Scalar) -> WordKind? {
    switch scalar.value {
    case 0x30...0x39, 0x61...0x7a: return .spaced
    case 0...0x7f, 0xfe00...0xfe0f, 0x2000...0x206f: return nil
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
  /// Made of bytes: indexing makes a string of every word of every message, and growing one scalar by scalar takes most of its time.
  public init(scalars: ArraySlice<Unicode.Scalar>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count)
    for scalar in scalars {
      if scalar.isASCII { bytes.append(UInt8(truncatingIfNeeded: scalar.value)) } else { bytes.append(contentsOf: scalar.utf8) }
    }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
