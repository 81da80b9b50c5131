// What somebody looks for, and where it stands in a text.

/// Checked words of a query. Whatever is typed is a query: signs that stand between words mean nothing, and a query without a word finds nothing.
package struct SearchQuery: Sendable {
  package static let charactersMax = 512
  /// Of a longer query the first words count.
  package static let wordsMax = 16

  package struct Word: Sendable {
    package let kind: FoldedText.WordKind
    package let scalars: [Unicode.Scalar]
    package let text: String

    /// Typing errors that may be forgiven in it.
    package var errorsMax: Int { kind == .spaced ? EditDistance.errorsMax(length: scalars.count) : 0 }
  }

  /// Letters of a word that is looked for inside others too; a shorter one is found where it begins a word.
  package static let insideLengthMin = 3

  package let words: [Word]

  package init(_ raw: String, field: String = "q") throws(ChatError) {
    // A character may be built of any number of scalars: bound the bytes before counting characters.
    guard raw.utf8.count <= Self.charactersMax * 16, raw.count <= Self.charactersMax else {
      throw .invalid(field, "length", "At most \(Self.charactersMax) characters.")
    }
    let folded = FoldedText(raw)
    var seen = Set<String>()
    let words = folded.words.compactMap { word -> Word? in
      let text = folded.text(word.range)
      return seen.insert(text).inserted ? Word(kind: word.kind, scalars: Array(folded.scalars[word.range]), text: text) : nil
    }
    self.words = Array(words.prefix(Self.wordsMax))
  }

  package struct Match: Sendable, Equatable {
    /// Where the words stand, as ranges of the text's UTF-8, in order and apart from each other.
    package let ranges: [Range<Int>]
    /// How good it is: whole words count more than beginnings, those more than what is inside another word, that more than what is merely like it.
    package let score: Int
    /// How good the worst of the words is by itself.
    let least: Int
  }

  // How good it is when a word is, begins, is part of, or is like one of the text.
  static let whole = 4
  static let beginning = 3
  static let inside = 2
  private static let likeness = 1

  /// Hits that are shown of one word.
  package static let hitsMax = 32

  /// Nil unless every word stands in the text; `forgiving`: or a word that is like it.
  package func match(_ text: FoldedText, forgiving: Bool) -> Match? {
    guard !words.isEmpty else { return nil }
    var ranges: [Range<Int>] = []
    var (score, least) = (0, Self.whole)
    for word in words {
      var (hits, best) = Self.literal(word, text)
      if hits.isEmpty, forgiving, word.errorsMax > 0 { (hits, best) = Self.like(word, text) }
      guard !hits.isEmpty else { return nil }
      score += best
      least = min(least, best)
      ranges += hits
    }
    return Match(ranges: Self.apart(ranges.map(text.origin)), score: score, least: least)
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
      guard begins || word.kind != .spaced || needle.count >= Self.insideLengthMin else {
        index += 1
        continue
      }
      let isWhole = begins && text.words.contains { $0.range.upperBound == end }
      score = max(score, isWhole ? Self.whole : begins ? Self.beginning : Self.inside)
      hits.append(index..<end)
      index = end
    }
    return (hits, score)
  }

  private static func like(_ word: Word, _ text: FoldedText) -> (hits: [Range<Int>], score: Int) {
    let hits = text.words.filter { other in
      other.kind == .spaced && EditDistance.distance(word.scalars, text.scalars[other.range], limit: word.errorsMax) != nil
    }
    return (hits.prefix(hitsMax).map(\.range), likeness)
  }

  private static func apart(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var apart: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = apart.last, range.lowerBound <= last.upperBound {
        apart[apart.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        apart.append(range)
      }
    }
    return apart
  }
}
