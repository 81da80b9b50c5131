// How well a name fits what is looked for.

extension SearchWords {
  private enum Fit: Int64 {
    case likeness = 1
    case description
    case words
    case beginning
    case whole
  }

  /// Greater is better: a whole name before its beginning, before words of the names, before words of the description too, before what is
  /// merely like them; within each, whole words before beginnings, before what is inside a word. Nil unless every word, or one that is
  /// like it, stands there.
  package func rank(names: [String], description: String = "") -> Int64? {
    let named = FoldedText(names.joined(separator: " "))
    if let match = match(named, forgiving: false) {
      let each = names.count == 1 ? [named] : names.map { FoldedText($0) }
      let fit: Fit = each.contains(where: isWhole) ? .whole : each.contains(where: isBeginning) ? .beginning : .words
      return Self.rank(fit, match)
    }
    let all = description.isEmpty ? named : FoldedText((names + [description]).joined(separator: " "))
    if !description.isEmpty, let match = match(all, forgiving: false) { return Self.rank(.description, match) }
    return match(all, forgiving: true).map { Self.rank(.likeness, $0) }
  }

  private static func rank(_ fit: Fit, _ match: Match) -> Int64 { fit.rawValue * 1000 + Int64(match.score) }

  private func isWhole(_ name: FoldedText) -> Bool {
    name.words.count == words.count
      && zip(name.words, words).allSatisfy { name.scalars[$0.range].elementsEqual($1.scalars) }
  }

  private func isBeginning(_ name: FoldedText) -> Bool {
    guard let last = words.indices.last, name.words.count > last else { return false }
    return zip(name.words, words).enumerated().allSatisfy { index, pair in
      let scalars = name.scalars[pair.0.range]
      return index < last ? scalars.elementsEqual(pair.1.scalars) : scalars.starts(with: pair.1.scalars)
    }
  }
}
