// Erasing the words that no message has any more.
import SQL

extension SearchIndexWriter {
  /// Terms that are looked at in one transaction.
  public static let erasedMax = 256
  /// Pages of the index of pieces that are rewritten in one transaction.
  private static let rewrittenPages: Int64 = 64

  public enum ErasingState: Sendable {
    /// No file has a word that was removed.
    case done
    /// A part was erased; the next call goes on.
    case more
    /// A reader needs the WAL as it is: to be tried again later.
    case waiting
  }

  /// Notes terms that were removed from a message, perhaps from the last one that had them. Authors and rooms are numbers: nothing to
  /// erase.
  func noteRemoved(_ term: SearchTerm) throws {
    guard let word = term.word else { return }
    try database.run("INSERT INTO removed_terms (id) VALUES (?) ON CONFLICT (id) DO NOTHING", .integer(word))
  }

  /// Erases a bounded part of the words that messages no longer have: first from the dictionary, then from the index of their pieces, then
  /// from the WAL. Deleted rows are overwritten (`secure_delete`). What is left to do is kept in the file, so a stop in between loses
  /// nothing.
  public func eraseNext() throws -> ErasingState {
    if try eraseTerms() { return .more }
    switch try database.first("SELECT rewrite FROM state", read: { $0.integer(0) }) ?? 0 {
    case 0: return .done
    case 1:
      try inTransaction {
        if try !TermDictionary.messages.rewrite(pages: Self.rewrittenPages, database) {
          try database.run("UPDATE state SET rewrite = 2")
        }
      }
      return .more
    default:
      guard try Checkpointer.eraseLog(database, copier) else { return .waiting }
      try inTransaction { try database.run("UPDATE state SET rewrite = 0 WHERE rewrite = 2") }
      return .done
    }
  }

  /// False if none are left.
  private func eraseTerms() throws -> Bool {
    let numbers = try database.all("SELECT id FROM removed_terms LIMIT ?", .integer(Int64(Self.erasedMax))) { $0.integer(0) }
    guard !numbers.isEmpty else { return false }
    try inTransaction {
      let blocks = try unsealedBlocks()
      for number in numbers {
        if try !isUsed(.word(number), blocks) {
          try TermDictionary.messages.remove(number, database)
          try database.run("UPDATE state SET rewrite = 1")
        }
        try database.run("DELETE FROM removed_terms WHERE id = ?", .integer(number))
      }
    }
    // A number may be given to another term.
    forgetTerms()
    return true
  }

  /// The blocks that have not moved to `postings`: a few.
  private func unsealedBlocks() throws -> [Int64] {
    let first = try SearchIndex.sealedBlocks(database)
    let last = try database.first("SELECT max(key) FROM unsealed") { $0.optionalInteger(0) }.flatMap { $0 }
    return last.map { Array(first...max(first, SearchTerm.block(ofUnsealedKey: $0))) } ?? []
  }

  /// Whether a message has the term.
  private func isUsed(_ term: SearchTerm, _ unsealedBlocks: [Int64]) throws -> Bool {
    for block in unsealedBlocks {
      if try database.first("SELECT 1 FROM unsealed WHERE key = ?", .integer(term.unsealedKey(block: block)), read: { _ in true }) == true {
        return true
      }
    }
    return try database.first(
      "SELECT 1 FROM postings WHERE key BETWEEN ? AND ? LIMIT 1", .integer(term.postingsKey(block: 0)),
      .integer(term.postingsKey(block: SearchTerm.blockMax))
    ) { _ in true } ?? false
  }
}
