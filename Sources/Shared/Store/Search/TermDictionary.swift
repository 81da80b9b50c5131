// Words that an index knows, each under a number, and those of them that a word in a query may stand for.
package import Domain

/// Works on a pair of tables: the terms, folded, numbered in the order of first use, so that common ones come first; and (FTS5, trigrams)
/// the pieces of which they are made.
package struct TermDictionary: Sendable {
  /// What a word in a query may stand for.
  package enum Reach: Sendable {
    /// Words that begin with it.
    case beginnings
    /// Words that have it anywhere in them.
    case insides
    /// And words that are like it.
    case likenesses
  }

  /// Terms that one word of a query may stand for; of more, the commonest, or the first of those that begin with it.
  package static let termsMax = 64
  /// Terms that are compared with a word in which letters may be wrong.
  static let likeCandidatesMax = 512

  let find: StaticString
  let beginningWith: StaticString
  let containing: StaticString
  let withPieces: StaticString
  let insert: StaticString
  let insertPieces: StaticString
  let delete: StaticString
  let deletePieces: StaticString

  package func number(of term: String, _ database: Database) throws -> Int64? {
    try database.first(find, .text(term)) { $0.integer(0) }
  }

  /// The number of a term that is not there yet.
  func add(_ term: String, _ database: Database) throws -> Int64 {
    try database.run(insert, .text(term))
    let number = database.lastInsertedRow
    try database.run(insertPieces, .integer(number), .text(term))
    return number
  }

  /// Takes away a term that nothing refers to any more.
  func remove(_ number: Int64, _ database: Database) throws {
    guard let term = try database.first(delete, .integer(number), read: { $0.text(0) }) else { return }
    try database.run(deletePieces, .integer(number), .text(term))
  }

  // MARK: From a query to terms

  /// What an index of numbers is asked for all words of a query, as FTS5 wants it; nil if there is nothing that can have them all.
  package func expression(_ query: SearchQuery, _ reach: Reach, _ database: Database) throws -> String? {
    try groups(query, reach, database)?.map { "(" + $0.map(String.init).joined(separator: " OR ") + ")" }.joined(separator: " AND ")
  }

  /// The terms that the words of a query may stand for: one of each group must be there; nil if there is nothing that can have them all.
  func groups(_ query: SearchQuery, _ reach: Reach, _ database: Database) throws -> [[Int64]]? {
    var groups: [[Int64]] = []
    for word in query.words {
      if word.kind == .unspaced, word.scalars.count > 1 {
        for start in 0..<(word.scalars.count - 1) {
          guard let term = try number(of: String(scalars: word.scalars[start...start + 1]), database) else { return nil }
          groups.append([term])
        }
      } else {
        let terms = try terms(for: word, reach, database)
        guard !terms.isEmpty else { return nil }
        groups.append(terms)
      }
    }
    return groups.isEmpty ? nil : groups
  }

  private func terms(for word: SearchQuery.Word, _ reach: Reach, _ database: Database) throws -> [Int64] {
    let text = String(scalars: word.scalars.prefix(FoldedText.termScalarsMax))
    // What is too short to have pieces is found where it begins a word.
    guard reach != .beginnings, word.scalars.count >= SearchQuery.insideLengthMin else {
      return try database.all(beginningWith, .text(text), .integer(Int64(Self.termsMax))) { $0.integer(0) }
    }
    var terms = try number(of: text, database).map { [$0] } ?? []
    terms += try database.all(containing, .text("\"\(text)\""), .integer(Int64(Self.termsMax))) { $0.integer(0) }
      .filter { !terms.contains($0) }
    if reach == .likenesses, word.errorsMax > 0 {
      let literal = terms.count
      for term in try like(word, database) where terms.count < literal + Self.termsMax && !terms.contains(term) { terms.append(term) }
    }
    return terms
  }

  /// The nearest terms in which no more errors must be forgiven than may be.
  private func like(_ word: SearchQuery.Word, _ database: Database) throws -> [Int64] {
    if word.scalars.count <= EditDistance.neighboursLengthMax {
      return try EditDistance.neighbours(of: word.scalars).compactMap { neighbour in
        try database.first(find, .utf8(neighbour)) { $0.integer(0) }
      }
    }
    return try database.all(
      withPieces, .text(EditDistance.pieces(of: word.scalars).map { "\"\(String(scalars: $0[...]))\"" }.joined(separator: " OR ")),
      .integer(Int64(word.scalars.count - word.errorsMax)), .integer(Int64(word.scalars.count + word.errorsMax)),
      .integer(Int64(Self.likeCandidatesMax))
    ) { (id: $0.integer(0), term: Array($0.text(1).unicodeScalars)) }.compactMap { candidate in
      EditDistance.distance(word.scalars, candidate.term, limit: word.errorsMax).map { (errors: $0, id: candidate.id) }
    }.sorted { ($0.errors, $0.id) < ($1.errors, $1.id) }.map(\.id)
  }
}
