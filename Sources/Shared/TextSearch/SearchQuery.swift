// The words of a search query.

/// Any text is a query: characters between words mean nothing, except where they make a compound of a text, too (`FoldedText`); and a query
/// without a word finds nothing.
public struct SearchQuery: Sendable {
  public static let charactersMax = 512
  /// Further words of a longer query are ignored.
  public static let wordsMax = 16

  /// What must be in a text: a word, or a compound as a whole.
  public struct Word: Sendable {
    public let kind: FoldedText.WordKind
    public let scalars: [Unicode.Scalar]
    public let text: String
    /// Of a compound: the words that may also follow each other in the text, if it is not there. Empty if they would mean something else.
    public let parts: [Word]
    /// Typing errors that a similar word may have.
    public let errorsMax: Int

    /// A word of one or two letters, which begins so many words that it is looked for inside others only if it begins none.
    public var isShort: Bool { kind == .spaced && scalars.count < substringLengthMin }

    /// Whether anything but the word itself can match.
    public var isFuzzy: Bool { errorsMax > 0 || !parts.isEmpty || isShort }

    init(_ word: FoldedText.Word, _ folded: FoldedText) {
      kind = word.kind
      scalars = Array(folded.scalars[word.range])
      text = folded.text(word.range)
      parts = []
      errorsMax = kind == .spaced ? EditDistance.errorsMax(length: scalars.count) : 0
    }

    init(_ compound: FoldedText.Compound, _ folded: FoldedText) {
      kind = .spaced
      scalars = Array(folded.scalars[compound.range])
      text = folded.text(compound.range)
      // "C++" is not "C", nor is "1.2.3" almost "1.2.4".
      parts = compound.hasSigns ? [] : folded.words[compound.parts].prefix(wordsMax).map { Word($0, folded) }
      errorsMax = compound.hasSigns || compound.hasNumbers ? 0 : EditDistance.errorsMax(length: scalars.count)
    }
  }

  /// The query has more than `charactersMax` characters.
  public struct TooLong: Error {}

  /// Letters of a word that is also searched for inside others; a shorter one is found where it begins a word.
  public static let substringLengthMin = 3

  /// As it was typed.
  public let text: String
  public let words: [Word]
  /// The same with the parts of compounds in place of those.
  public let simpleWords: [Word]

  public init(_ raw: String) throws(TooLong) {
    // A character may be built of any number of scalars: bound the bytes before counting characters.
    guard raw.utf8.count <= Self.charactersMax * 16, raw.count <= Self.charactersMax else { throw TooLong() }
    let folded = FoldedText(raw)
    text = raw
    simpleWords = Self.distinct(folded.words.map { Word($0, folded) })
    var (words, next) = ([Word](), 0)
    for compound in folded.compounds {
      words += folded.words[next..<compound.parts.lowerBound].map { Word($0, folded) }
      words.append(Word(compound, folded))
      next = compound.parts.upperBound
    }
    self.words = Self.distinct(words + folded.words[next...].map { Word($0, folded) })
  }

  /// The first words, each once.
  private static func distinct(_ words: [Word]) -> [Word] {
    var seen = Set<String>()
    return Array(words.filter { seen.insert($0.text).inserted }.prefix(wordsMax))
  }
}
