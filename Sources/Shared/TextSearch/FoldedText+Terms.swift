// The terms of a text: the words and pairs of characters by which an index finds it.

extension FoldedText {
  /// Scalars of a term. A longer word has several terms, each of which begins `termStep` scalars after the one before.
  public static let termScalarsMax = 40
  /// Any so many neighbouring scalars of a word are together in one term.
  public static let termStep = termScalarsMax / 2

  /// The terms of the text, each once. A word between spaces is one term, and so is a compound. A run without spaces gives its pairs of
  /// neighbouring scalars and its last scalar, so that every scalar of it begins a term and every part of it is made of pairs.
  public var terms: Set<String> {
    var terms = Set<String>()
    for word in words {
      if word.kind == .unspaced {
        for start in word.range { terms.insert(text(start..<min(start + 2, word.range.upperBound))) }
      } else {
        insertTerms(word.range, &terms)
      }
    }
    for compound in compounds { insertTerms(compound.range, &terms) }
    return terms
  }

  private func insertTerms(_ range: Range<Int>, _ terms: inout Set<String>) {
    var start = range.lowerBound
    while start + Self.termScalarsMax < range.upperBound {
      terms.insert(text(start..<start + Self.termScalarsMax))
      start += Self.termStep
    }
    terms.insert(text(start..<range.upperBound))
  }
}
