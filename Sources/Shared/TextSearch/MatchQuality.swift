// How well a name matches a query.

/// How a user or a room is found by its names, the best last. The numbers stand in cursors.
public enum MatchQuality: Int64, Comparable, Sendable {
  /// A word of the query is similar to one of the names or of the description.
  case fuzzy = 1
  /// A word of the query is inside one of theirs.
  case substring
  /// All words of the query are, or begin, words of names and description.
  case description
  /// All words of the query are, or begin, words of the names.
  case words
  /// A name begins with the query.
  case namePrefix
  /// A name is the query.
  case fullName

  public static func < (a: MatchQuality, b: MatchQuality) -> Bool { a.rawValue < b.rawValue }
}

extension SearchQuery {
  /// Nil unless every word of the query, or one that is similar to it, is in the names or the description.
  public func quality(names: [String], description: String = "") -> MatchQuality? {
    let named = FoldedText(names.joined(separator: " "))
    if let match = match(named, fuzzy: false), match.lowestScore >= Self.prefixScore {
      var (quality, start) = (MatchQuality.words, 0)
      for name in names {
        let end = start + name.utf8.count
        let words = named.words.filter { (start..<end).contains(named.origins[$0.range.lowerBound].lowerBound) }
        if isPrefix(of: words, named) { quality = max(quality, isEqual(to: words, named) ? .fullName : .namePrefix) }
        start = end + 1
      }
      return quality
    }
    let all = description.isEmpty ? named : FoldedText((names + [description]).joined(separator: " "))
    guard let match = match(all, fuzzy: true) else { return nil }
    return match.lowestScore >= Self.prefixScore ? .description : match.lowestScore == Self.substringScore ? .substring : .fuzzy
  }

  private func isEqual(to other: [FoldedText.Word], _ text: FoldedText) -> Bool {
    other.count == simpleWords.count && zip(other, simpleWords).allSatisfy { text.scalars[$0.range].elementsEqual($1.scalars) }
  }

  /// Whether these words of a text begin with those of the query, of which the last may be the beginning of one.
  private func isPrefix(of other: [FoldedText.Word], _ text: FoldedText) -> Bool {
    guard let last = simpleWords.indices.last, other.count > last else { return false }
    return zip(other, simpleWords).enumerated().allSatisfy { index, pair in
      let scalars = text.scalars[pair.0.range]
      return index < last ? scalars.elementsEqual(pair.1.scalars) : scalars.starts(with: pair.1.scalars)
    }
  }
}
