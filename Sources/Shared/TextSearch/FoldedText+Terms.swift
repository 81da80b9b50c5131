// The terms of a text: the words and pairs of characters by which an index finds it.

extension FoldedText {
  /// Scalars of a term; of longer words (addresses, keys) only the beginning is kept.
  public static let termScalarsMax = 40

  /// The terms of the text, each once. A word between spaces is one term. A run without spaces gives its pairs of neighbouring scalars and
  /// its last scalar, so that every scalar of it begins a term and every part of it is made of pairs.
  public var terms: Set<String> {
    var terms = Set<String>()
    for word in words { terms.formUnion(self.terms(of: word)) }
    return terms
  }

  private func terms(of word: Word) -> [String] {
    guard word.kind == .unspaced else { return [text(clipped(word.range))] }
    return word.range.map { text($0..<min($0 + 2, word.range.upperBound)) }
  }

  /// The beginning of a word that a term can hold.
  public func clipped(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<min(range.upperBound, range.lowerBound + Self.termScalarsMax)
  }
}
