// From the words of a query to the terms of the index.
package import Domain

extension SearchIndex {
  /// Terms that one word of a query may stand for; of more, the commonest.
  package static let termsMax = 64
  /// Terms that are compared with a word in which a letter may be wrong.
  static let likeCandidatesMax = 512

  /// What the index is asked: nil if no message in it can have all the words.
  package static func expression(_ query: SearchWords, from author: UserNumber?, forgiving: Bool, _ index: Database) throws -> String? {
    var parts: [String] = []
    for word in query.words {
      switch word.kind {
      case .unspaced where word.scalars.count > 1:
        for start in 0..<(word.scalars.count - 1) {
          guard let term = try number(of: text(word.scalars[start...start + 1]), index) else { return nil }
          parts.append("\(term)")
        }
      case .unspaced, .sign, .spaced:
        var terms = try containing(word, index)
        if forgiving, word.errorsMax > 0 { terms += try like(word, index).filter { !terms.contains($0) } }
        guard !terms.isEmpty else { return nil }
        parts.append("(" + terms.map(String.init).joined(separator: " OR ") + ")")
      }
    }
    guard !parts.isEmpty else { return nil }
    if let author { parts.append("u\(author.number)") }
    return parts.joined(separator: " AND ")
  }

  /// The word itself, and terms that contain it; terms that begin with it, if it is too short to have pieces.
  private static func containing(_ word: SearchWords.Word, _ index: Database) throws -> [Int64] {
    let text = text(word.scalars.prefix(FoldedText.termScalarsMax))
    let itself = try number(of: text, index)
    let others =
      word.scalars.count < SearchWords.insideLengthMin
      ? try index.all(
        "SELECT id FROM terms WHERE term >= ?1 AND term < ?1 || char(0x10ffff) LIMIT ?2", .text(text), .integer(Int64(termsMax))
      ) { $0.integer(0) }
      : try index.all(
        "SELECT rowid FROM term_pieces WHERE term_pieces MATCH ? ORDER BY rowid LIMIT ?", .text("\"\(text)\""), .integer(Int64(termsMax))
      ) { $0.integer(0) }
    guard let itself else { return others }
    return [itself] + others.lazy.filter { $0 != itself }
  }

  /// The nearest terms in which no more errors must be forgiven than may be.
  private static func like(_ word: SearchWords.Word, _ index: Database) throws -> [Int64] {
    let candidates =
      word.scalars.count <= Likeness.neighboursLengthMax
      ? try neighbours(word, index)
      : try index.all(
        "SELECT terms.id, terms.term FROM term_pieces JOIN terms ON terms.id = term_pieces.rowid WHERE term_pieces MATCH ? ORDER BY term_pieces.rowid LIMIT ?",
        .text(Likeness.pieces(of: word.scalars).map { "\"\(text($0))\"" }.joined(separator: " OR ")), .integer(Int64(likeCandidatesMax))
      ) { (id: $0.integer(0), term: $0.text(1)) }
    return candidates.compactMap { candidate in
      Likeness.distance(word.scalars, Array(candidate.term.unicodeScalars), limit: word.errorsMax).map { (errors: $0, id: candidate.id) }
    }.sorted { ($0.errors, $0.id) < ($1.errors, $1.id) }.prefix(termsMax).map(\.id)
  }

  private static func neighbours(_ word: SearchWords.Word, _ index: Database) throws -> [(id: Int64, term: String)] {
    try Likeness.neighbours(of: word.scalars).compactMap { neighbour in
      let term = text(neighbour)
      return try number(of: term, index).map { ($0, term) }
    }
  }

  private static func number(of term: String, _ index: Database) throws -> Int64? {
    try index.first("SELECT id FROM terms WHERE term = ?", .text(term)) { $0.integer(0) }
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// Rows of messages that may have what the expression says, in a range of rows, newest first.
  package static func rows(
    matching expression: String, from first: Int64, through last: Int64, limit: Int, _ index: Database
  ) throws -> [Int64] {
    guard first <= last else { return [] }
    return try index.all(
      "SELECT rowid FROM message_terms WHERE message_terms MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?",
      .text(expression), .integer(first), .integer(last), .integer(Int64(limit))
    ) { $0.integer(0) }
  }
}
