// Writes the index of words: one batch of the journal after the other.
package import Domain

/// For one thread. It is the only writer of the index in a running system; a second one would wait for it and find its work done.
package final class SearchIndexer {
  /// Events, or messages from before the journal, that go into one transaction.
  package static let batchMax = 256
  /// Numbers of terms that are kept in memory, about 20 MB.
  private static let knownTermsMax = 200_000

  /// A message as the index takes it in: nil in place of words that are gone.
  package struct Entry: Sendable {
    let row: Int64
    let author: UserNumber
    let content: String?

    package init(row: Int64, author: UserNumber, content: String?) {
      self.row = row
      self.author = author
      self.content = content
    }
  }

  private let index: Database
  private var knownTerms: [String: Int64] = [:]

  package init(path: String) throws {
    try SearchIndex.prepare(path: path)
    // A power cut may take the last batches, and with them the memory of having done them: they are done again.
    index = try Database(path: path, access: .indexer)
  }

  package func state() throws -> SearchIndex.State { try SearchIndex.state(index) }

  /// Begins anew. `filling`: whether messages must be taken in from before the journal begins.
  package func begin(epoch: String, at position: Int64, filling: Bool) throws {
    try inTransaction {
      try index.runScript(
        """
        DELETE FROM state; DELETE FROM message_terms; DELETE FROM terms;
        INSERT INTO term_pieces (term_pieces) VALUES ('delete-all');
        """)
      knownTerms = [:]
      try index.run(
        "INSERT INTO state (id, epoch, indexed_through, filled_through) VALUES (1, ?, ?, ?)", .text(epoch), .integer(position),
        filling ? .integer(0) : .null)
    }
  }

  /// Takes messages in as they are now, and remembers how far that was. Doing it twice is doing it once.
  package func take(_ entries: [Entry], emptiedRooms: [RoomNumber] = [], state: SearchIndex.State) throws {
    try inTransaction {
      for room in emptiedRooms {
        try index.run(
          "DELETE FROM message_terms WHERE rowid BETWEEN ? AND ?", .integer(room.number << 32),
          .integer(room.number << 32 | MessagePlace.seqMax))
      }
      for entry in entries { try take(entry) }
      try index.run(
        "UPDATE state SET indexed_through = ?, filled_through = ?", .integer(state.indexedThrough), .optional(state.filledThrough))
    }
  }

  private func take(_ entry: Entry) throws {
    try index.run("DELETE FROM message_terms WHERE rowid = ?", .integer(entry.row))
    guard let content = entry.content else { return }
    var text = "u\(entry.author.number)"
    for term in FoldedText(content).terms { text += " \(try number(of: term))" }
    try index.run("INSERT INTO message_terms (rowid, terms) VALUES (?, ?)", .integer(entry.row), .text(text))
  }

  private func number(of term: String) throws -> Int64 {
    if let known = knownTerms[term] { return known }
    if knownTerms.count >= Self.knownTermsMax { knownTerms = [:] }
    let number = try Vocabulary.messages.number(of: term, index) ?? Vocabulary.messages.add(term, index)
    knownTerms[term] = number
    return number
  }

  private func inTransaction(_ body: () throws -> Void) throws {
    try index.run("BEGIN IMMEDIATE")
    do {
      try body()
      try index.run("COMMIT")
    } catch {
      // What it knows may be of terms that are now undone.
      knownTerms = [:]
      try? index.run("ROLLBACK")
      throw error
    }
  }
}
