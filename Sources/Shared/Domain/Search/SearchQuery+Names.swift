// How well a name fits what is looked for.

extension SearchQuery {
  /// How a thing is found by its names, the best last.
  package enum Fit: Int64, Comparable, Sendable {
    /// A word is merely like one of its names or of its description.
    case likeness = 1
    /// A word stands inside one of theirs.
    case inside
    /// The words are or begin words of names and description,
    case description
    /// words of the names alone,
    case words
    /// a whole name,
    case beginning
    /// or are all words of one.
    case whole

    package static func < (a: Fit, b: Fit) -> Bool { a.rawValue < b.rawValue }
  }

  /// Nil unless every word, or one that is like it, stands in the names or the description.
  package func fit(names: [String], description: String = "") -> Fit? {
    let named = FoldedText(names.joined(separator: " "))
    if let match = match(named, forgiving: false), match.least >= Self.beginning {
      var (fit, start) = (Fit.words, 0)
      for name in names {
        let end = start + name.utf8.count
        let words = named.words.filter { (start..<end).contains(named.origins[$0.range.lowerBound]) }
        if begins(named, words) { fit = max(fit, isWhole(named, words) ? .whole : .beginning) }
        start = end + 1
      }
      return fit
    }
    let all = description.isEmpty ? named : FoldedText((names + [description]).joined(separator: " "))
    guard let match = match(all, forgiving: true) else { return nil }
    return match.least >= Self.beginning ? .description : match.least == Self.inside ? .inside : .likeness
  }

  private func isWhole(_ text: FoldedText, _ found: [FoldedText.Word]) -> Bool {
    found.count == words.count && zip(found, words).allSatisfy { text.scalars[$0.range].elementsEqual($1.scalars) }
  }

  /// Whether these words of a text begin with those that are looked for, of which the last may be the beginning of one.
  private func begins(_ text: FoldedText, _ found: [FoldedText.Word]) -> Bool {
    guard let last = words.indices.last, found.count > last else { return false }
    return zip(found, words).enumerated().allSatisfy { index, pair in
      let scalars = text.scalars[pair.0.range]
      return index < last ? scalars.elementsEqual(pair.1.scalars) : scalars.starts(with: pair.1.scalars)
    }
  }
}
