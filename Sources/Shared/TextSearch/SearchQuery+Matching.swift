// Where the words of a query are in a text.

extension SearchQuery {
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

  /// Nil unless every word is in the text; `fuzzy`: or one that is similar to it, or its parts side by side, or, if it is short, the word is
  /// inside another.
  public func match(_ text: FoldedText, fuzzy: Bool) -> Match? {
    guard !words.isEmpty else { return nil }
    var ranges: [Range<Int>] = []
    var (score, lowestScore) = (0, Self.wholeWordScore)
    for word in words {
      var (hits, best) = Self.literal(word, text)
      if hits.isEmpty, fuzzy, word.isFuzzy { (hits, best) = Self.fuzzy(word, text) }
      guard !hits.isEmpty else { return nil }
      score += best
      lowestScore = min(lowestScore, best)
      ranges += hits
    }
    return Match(ranges: Self.merged(ranges.map(text.origin)), score: score, lowestScore: lowestScore)
  }

  private static func literal(_ word: Word, _ text: FoldedText, inside: Bool = false) -> (hits: [Range<Int>], score: Int) {
    let (needle, hay) = (word.scalars, text.scalars)
    guard let first = needle.first, needle.count <= hay.count else { return ([], 0) }
    var (hits, score, index) = ([Range<Int>](), 0, 0)
    while index + needle.count <= hay.count, hits.count < hitsMax {
      let end = index + needle.count
      guard hay[index] == first, hay[index..<end].elementsEqual(needle) else {
        index += 1
        continue
      }
      let begins = text.wordBegins(at: index)
      guard begins || inside || !word.isShort else {
        index += 1
        continue
      }
      score = max(score, begins ? text.wordEnds(at: end) ? wholeWordScore : prefixScore : substringScore)
      hits.append(index..<end)
      index = end
    }
    return (hits, score)
  }

  private static func fuzzy(_ word: Word, _ text: FoldedText) -> (hits: [Range<Int>], score: Int) {
    if word.isShort { return literal(word, text, inside: true) }
    var hits = neighbours(word.parts, text)
    if word.errorsMax > 0 {
      let others = text.words.filter { $0.kind == .spaced }.map(\.range) + text.compounds.map(\.range)
      hits += others.filter { EditDistance.distance(word.scalars, text.scalars[$0], limit: word.errorsMax) != nil }
    }
    return (Array(hits.prefix(hitsMax)), fuzzyScore)
  }

  /// Where the parts of a compound follow each other as words of their own: "co op" and "foo/bar" for "co-op" and "foo-bar".
  private static func neighbours(_ parts: [Word], _ text: FoldedText) -> [Range<Int>] {
    guard parts.count > 1, text.words.count >= parts.count, let head = parts.first?.scalars, let tail = parts.last?.scalars else {
      return []
    }
    return (0...text.words.count - parts.count).compactMap { first in
      let words = text.words[first..<first + parts.count]
      guard let start = words.first?.range, let end = words.last?.range, start.count >= head.count, end.count >= tail.count else {
        return nil
      }
      let ending = text.scalars[start.upperBound - head.count..<start.upperBound]
      guard ending.elementsEqual(head), start.count == head.count || head.count >= substringLengthMin,
        text.scalars[end].starts(with: tail),
        zip(words, parts).dropFirst().dropLast().allSatisfy({ text.scalars[$0.range].elementsEqual($1.scalars) })
      else { return nil }
      return ending.startIndex..<end.lowerBound + tail.count
    }
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
