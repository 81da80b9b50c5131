// The words of a search query, and where they are in a text.

/// Any text is a query: characters between words mean nothing, and a query without a word finds nothing.
public struct SearchQuery: Sendable {
  public static let charactersMax = 512
  /// Further words of a longer query are ignored.
  public static let wordsMax = 16

  public struct Word: Sendable {
    public let kind: FoldedText.WordKind
    public let scalars: [Unicode.Scalar]
    public let text: String

    /// Typing errors that a similar word may have.
    public var errorsMax: Int { kind == .spaced ? EditDistance.errorsMax(length: scalars.count) : 0 }
  }

  /// The query has more than `charactersMax` characters.
  public struct TooLong: Error {}

  /// Letters of a word that is also searched for inside others; a shorter one is found where it begins a word.
  public static let substringLengthMin = 3

  /// As it was typed.
  public let text: String
  public let words: [Word]

  public init(_ raw: String) throws(TooLong) {
    // A character may be built of any number of scalars: bound the bytes before counting characters.
    guard raw.utf8.count <= Self.charactersMax * 16, raw.count <= Self.charactersMax else { throw TooLong() }
    let folded = FoldedText(raw)
    var seen = Set<String>()
    let words = folded.words.compactMap { word -> Word? in
      let text = folded.text(word.range)
      return seen.insert(text).inserted ? Word(kind: word.kind, scalars: Array(folded.scalars[word.range]), text: text) : nil
    }
    self.text = raw
    self.words = Array(words.prefix(Self.wordsMax))
  }

  public struct Match: Sendable, Equatable {
    /// Where the words are, as ranges of the text's UTF-8, in order and apart from each other.
    public let ranges: [Range<Int>]
    /// The sum of the words' scores.
    public let score: Int
    /// The score of the worst word.
    let lowestScore: Int
  }

  // Scores of a word that is, begins, is part of, or is similar to a word of the text.
  static let wholeWordScore = 4
  static let prefixScore = 3
  static let substringScore = 2
  private static let fuzzyScore = 1

  /// Hits that are highlighted of one word.
  public static let hitsMax = 32

  /// Nil unless every word is in the text; `fuzzy`: or a word that is similar to it.
  public func match(_ text: FoldedText, fuzzy: Bool) -> Match? {
    guard !words.isEmpty else { return nil }
    var ranges: [Range<Int>] = []
    var (score, lowestScore) = (0, Self.wholeWordScore)
    for word in words {
      var (hits, best) = Self.literal(word, text)
      if hits.isEmpty, fuzzy, word.errorsMax > 0 { (hits, best) = Self.similar(word, text) }
      guard !hits.isEmpty else { return nil }
      score += best
      lowestScore = min(lowestScore, best)
      ranges += hits
    }
    return Match(ranges: Self.merged(ranges.map(text.origin)), score: score, lowestScore: lowestScore)
  }

  private static func literal(_ word: Word, _ text: FoldedText) -> (hits: [Range<Int>], score: Int) {
    let (needle, hay) = (word.scalars, text.scalars)
    guard let first = needle.first, needle.count <= hay.count else { return ([], 0) }
    var (hits, score, index) = ([Range<Int>](), 0, 0)
    while index + needle.count <= hay.count, hits.count < hitsMax {
      let end = index + needle.count
      guard hay[index] == first, hay[index..<end].elementsEqual(needle) else {
        index += 1
        continue
      }
      let begins = text.words.contains { $0.range.lowerBound == index }
      guard begins || word.kind != .spaced || needle.count >= Self.substringLengthMin else {
        index += 1
        continue
      }
      let isWhole = begins && text.words.contains { $0.range.upperBound == end }
      score = max(score, isWhole ? Self.wholeWordScore : begins ? Self.prefixScore : Self.substringScore)
      hits.append(index..<end)
      index = end
    }
    return (hits, score)
  }

  private static func similar(_ word: Word, _ text: FoldedText) -> (hits: [Range<Int>], score: Int) {
    let hits = text.words.filter { other in
      other.kind == .spaced && EditDistance.distance(word.scalars, text.scalars[other.range], limit: word.errorsMax) != nil
    }
    return (hits.prefix(hitsMax).map(\.range), fuzzyScore)
  }

  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
