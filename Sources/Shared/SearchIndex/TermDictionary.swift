// The terms of an index, each under a number, and those of them that a word of a query matches.
public import SQL
public import TextSearch

/// Works on a pair of tables: the terms, folded, numbered in the order of first use, so that common ones come first; and (FTS5, trigrams)
/// their pieces.
public struct TermDictionary: Sendable {
  /// Which terms a word of a query matches.
  public enum MatchMode: Sendable {
    /// Terms that begin with it.
    case prefix
    /// Terms that contain it.
    case substring
    /// Terms that contain it, and similar ones.
    case fuzzy
  }

  /// Terms that one word of a query may match; of more, the commonest, or the first of those that begin with it.
  public static let termsMax = 64
  /// Terms that are searched for a word of one or two letters inside others: the first, which are the commonest. Takes some 3 ms.
  static let shortCandidatesMax = 20_000
  /// Words of a query that are searched so.
  static let shortWordsMax = 2
  /// Terms that are compared with a word in which letters may be wrong.
  static let fuzzyCandidatesMax = 512

  let find: Statement
  let beginningWith: Statement
  let containing: Statement
  let containingShort: Statement
  let withPieces: Statement
  let insert: Statement
  let insertPieces: Statement
  let delete: Statement
  let deletePieces: Statement
  let mergePieces: Statement

  public func number(of term: String, _ database: Database) throws -> Int64? {
    try database.first(find, .text(term)) { $0.integer(0) }
  }

  /// Adds a term that is not there yet, and returns its number.
  public func add(_ term: String, _ database: Database) throws -> Int64 {
    // Not with RETURNING: it opens a savepoint, for which FTS5 writes out what it has collected, once for each term.
    try database.run(insert, .text(term))
    let number = try self.number(of: term, database) ?? 0
    try database.run(insertPieces, .integer(number), .text(term))
    return number
  }

  /// Removes a term that nothing refers to any more.
  public func remove(_ number: Int64, _ database: Database) throws {
    guard let term = try database.first(delete, .integer(number), read: { $0.text(0) }) else { return }
    try database.run(deletePieces, .integer(number), .text(term))
  }

  /// Rewrites the next part of the index of pieces, of `pages` pages of 4 KiB: until the last part is done, it has the pieces of terms that
  /// were removed, from which they can be put together again. False once nothing is left to do. In a transaction of its own.
  public func rewrite(pages: Int64, _ database: Database) throws -> Bool {
    let before = database.totalChanges
    // Negative: all parts of the index become one, without what is removed. As FTS5 documents it, a merge that does nothing changes one row.
    try database.run(mergePieces, .integer(-pages))
    return database.totalChanges - before > 1
  }

  // MARK: From a query to terms

  /// All words of a query as an FTS5 expression over numbers of terms; nil if nothing can match them all.
  public func expression(_ query: SearchQuery, _ mode: MatchMode, _ database: Database) throws -> String? {
    try groups(query, mode, database)?.map { "(" + $0.map(String.init).joined(separator: " OR ") + ")" }.joined(separator: " AND ")
  }

  /// The terms that the words of a query match: one of each group must be there; nil if nothing can match them all.
  func groups(_ query: SearchQuery, _ mode: MatchMode, _ database: Database) throws -> [[Int64]]? {
    var groups: [[Int64]] = []
    var (partsLeft, shortWordsLeft) = (SearchQuery.wordsMax, Self.shortWordsMax)
    for word in query.words {
      if mode == .fuzzy, word.isShort {
        // What is beyond the bound is left to the text.
        guard shortWordsLeft > 0 else { continue }
        shortWordsLeft -= 1
      }
      if word.kind == .unspaced, word.scalars.count > 1 {
        for start in 0..<(word.scalars.count - 1) {
          guard let term = try number(of: String(scalars: word.scalars[start...start + 1]), database) else { return nil }
          groups.append([term])
        }
      } else {
        let terms = try terms(for: word, mode, database)
        // The parts of a compound count as well, if they are all there.
        let parts = mode == .fuzzy ? try word.parts.prefix(partsLeft).map { try self.terms(for: $0, .substring, database) } : []
        partsLeft -= parts.count
        if mode == .fuzzy, !word.parts.isEmpty, !parts.contains(where: \.isEmpty) {
          groups += parts.map { terms + $0.filter { !terms.contains($0) } }
        } else {
          guard !terms.isEmpty else { return nil }
          groups.append(terms)
        }
      }
    }
    return groups.isEmpty ? nil : groups
  }

  private func terms(for word: SearchQuery.Word, _ mode: MatchMode, _ database: Database) throws -> [Int64] {
    let text = String(scalars: word.scalars.prefix(FoldedText.termScalarsMax))
    // A word that is too short to have pieces is found where it begins a term.
    guard mode != .prefix, word.scalars.count >= SearchQuery.substringLengthMin else {
      var terms = try database.all(
        beginningWith, .text(text), .text(text + "\u{10ffff}"), .integer(Int64(Self.termsMax))
      ) { $0.integer(0) }
      if mode == .fuzzy, word.isShort {
        terms += try database.all(
          containingShort, .text(text), .integer(Int64(Self.shortCandidatesMax)), .integer(Int64(Self.termsMax))
        ) { $0.integer(0) }.filter { !terms.contains($0) }
      }
      return terms
    }
    var terms = try number(of: text, database).map { [$0] } ?? []
    terms += try numbers(containing: text, database).filter { !terms.contains($0) }
    if word.scalars.count > FoldedText.termStep, terms.count < Self.termsMax {
      // Of a long word only this much is in one term for certain.
      let beginning = String(scalars: word.scalars.prefix(FoldedText.termStep))
      terms += try numbers(containing: beginning, database).filter { !terms.contains($0) }
    }
    if mode == .fuzzy, word.errorsMax > 0 {
      let literal = terms.count
      for term in try similar(word, database) where terms.count < literal + Self.termsMax && !terms.contains(term) { terms.append(term) }
    }
    return terms
  }

  private func numbers(containing text: String, _ database: Database) throws -> [Int64] {
    try database.all(containing, .text("\"\(text)\""), .integer(Int64(Self.termsMax))) { $0.integer(0) }
  }

  /// The terms with at most `errorsMax` errors, the nearest first.
  private func similar(_ word: SearchQuery.Word, _ database: Database) throws -> [Int64] {
    if word.scalars.count <= EditDistance.neighboursLengthMax {
      return try EditDistance.neighbours(of: word.scalars).compactMap { neighbour in
        try database.first(find, .utf8(neighbour)) { $0.integer(0) }
      }
    }
    return try database.all(
      withPieces, .text(EditDistance.pieces(of: word.scalars).map { "\"\(String(scalars: $0[...]))\"" }.joined(separator: " OR ")),
      .integer(Int64(word.scalars.count - word.errorsMax)), .integer(Int64(word.scalars.count + word.errorsMax)),
      .integer(Int64(Self.fuzzyCandidatesMax))
    ) { (id: $0.integer(0), term: Array($0.text(1).unicodeScalars)) }.compactMap { candidate in
      EditDistance.distance(word.scalars, candidate.term, limit: word.errorsMax).map { (errors: $0, id: candidate.id) }
    }.sorted { ($0.errors, $0.id) < ($1.errors, $1.id) }.map(\.id)
  }
}
