// Writes the index of words: one batch of the journal after the other.
package import Domain

/// For one thread. It is the only writer of the index in a running system; a second one would wait for it and find its work done.
package final class SearchIndexWriter {
  /// Events that go into one transaction.
  package static let batchMax = 1024
  /// Messages from before the journal that do.
  package static let fillMax = 8192
  /// Numbers of terms that are kept in memory, about 20 MB.
  private static let knownTermsMax = 200_000

  /// A message as the index takes it in: nil in place of words that are gone.
  package struct Entry: Sendable {
    let row: Int64
    let position: Int64
    let author: UserRowID
    let content: String?

    package init(row: Int64, position: Int64, author: UserRowID, content: String?) {
      self.row = row
      self.position = position
      self.author = author
      self.content = content
    }
  }

  /// What is still to be taken in from before the journal begins.
  package var history: BackfillScan?

  private let path: String
  private(set) var index: Database
  /// Copies the log into the file while `index` holds the writer lock.
  private var copier: Database
  /// Pages that were written since the log was copied last.
  private var pagesInLog = 0
  private var knownTerms: [String: Int64] = [:]

  package init(path: String) throws {
    self.path = path
    // A power cut may take the last batches, and with them the memory of having done them: they are done again.
    index = try SearchIndex.open(path: path)
    copier = try Database(path: path, access: .indexer)
  }

  /// Nil if the index has to be made anew: it has not begun, it was damaged, or another file is in its place.
  package func state() throws -> SearchIndex.State? {
    try isLost ? nil : SearchIndex.state(index)
  }

  /// Whether the file has shown that it is not what was written, or is gone.
  package var isLost: Bool { index.hasMoved || index.failure.map { SearchIndex.isLost(path: path, after: $0) } ?? false }

  /// Begins with an empty file.
  package func begin(_ state: SearchIndex.State) throws {
    history = nil
    knownTerms = [:]
    index = try SearchIndex.make(path: path)
    copier = try Database(path: path, access: .indexer)
    pagesInLog = 0
    try index.run(
      "INSERT INTO state (id, epoch, name, indexed_through, filled_through, edited_through) VALUES (1, ?, ?, ?, ?, ?)",
      .text(state.epoch), .text(state.name), .integer(state.indexedThrough), .optional(state.filledThrough),
      .integer(state.editedThrough))
  }

  /// Takes messages in as they are now, lets go of rooms that are gone, and remembers how far that was. Doing it twice is doing it once.
  package func take(_ entries: [Entry], emptiedRooms: [RoomRowID] = [], state: SearchIndex.State) throws {
    try inTransaction {
      try take(entries)
      for room in emptiedRooms { try forget(room) }
      try seal(through: state.reach)
      try index.run(
        "UPDATE state SET indexed_through = ?, filled_through = ?, edited_through = ?", .integer(state.indexedThrough),
        .optional(state.filledThrough), .integer(state.editedThrough))
    }
    // Nobody else commits here, so nobody is held up, and no commit is met.
    pagesInLog += Int(index.takePagesWritten())
    guard pagesInLog >= Checkpointer.framesWanted else { return }
    _ = try Checkpointer.checkpoint(index, copier)
    pagesInLog = 0
  }

  private func take(_ entries: [Entry]) throws {
    let sealed = try SearchIndex.sealedBlocks(index)
    let newest = try SearchIndex.lastPosition(index)
    var fresh: [Int64: [UInt16]] = [:]
    for entry in entries {
      let new = try terms(of: entry)
      var added = new
      if entry.position <= newest {
        let old = try terms(at: entry.position)
        if old == new { continue }
        for term in Set(old).subtracting(new) { try change(term, at: entry.position, sealed) { $0.remove($1) } }
        added.removeAll(where: Set(old).contains)
      }
      for term in added {
        if PostingsBlock.number(of: entry.position) < sealed {
          try change(term, at: entry.position, sealed) { $0.insert($1) }
        } else {
          let key = term.freshKey(block: PostingsBlock.number(of: entry.position))
          fresh[key, default: []].append(PostingsBlock.offset(of: entry.position))
        }
      }
      if new.isEmpty {
        try index.run("DELETE FROM documents WHERE position = ?", .integer(entry.position))
      } else {
        try index.run(
          "INSERT OR REPLACE INTO documents (position, message_row, terms) VALUES (?, ?, ?)", .integer(entry.position),
          .integer(entry.row), .blob(SearchTerm.pack(new)))
      }
    }
    // In the order of keys, so that the file is written from one end to the other.
    for (key, offsets) in fresh.sorted(by: { $0.key < $1.key }) { try append(offsets, key) }
  }

  /// Adds to a list where it stands; only one that becomes too long is read.
  private func append(_ offsets: [UInt16], _ key: Int64) throws {
    let (list, before) = (PostingsBlock.list(offsets), index.totalChanges)
    if list.count < PostingsBlock.bitMapBytes {
      try index.run(
        """
        INSERT INTO fresh (key, offsets) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET offsets = CAST(offsets || ?2 AS BLOB)
        WHERE length(offsets) + length(?2) < ?3
        """, .integer(key), .blob(list), .integer(Int64(PostingsBlock.bitMapBytes)))
    }
    if index.totalChanges == before {
      try changeFresh(key) { block in for offset in offsets { block.insert(offset) } }
    }
  }

  // MARK: Terms

  /// Each once, ascending.
  func terms(at position: Int64) throws -> [SearchTerm] {
    try index.first("SELECT terms FROM documents WHERE position = ?", .integer(position)) { SearchTerm.unpack($0.bytes(0)) } ?? []
  }

  private func terms(of entry: Entry) throws -> [SearchTerm] {
    guard let content = entry.content else { return [] }
    let words = try FoldedText(content).terms.map { SearchTerm.word(try number(of: $0)) }
    return (words + [.author(entry.author), .room(MessageID(row: entry.row).room)]).sorted()
  }

  private func number(of term: String) throws -> Int64 {
    if let known = knownTerms[term] { return known }
    if knownTerms.count >= Self.knownTermsMax { knownTerms = [:] }
    let number = try TermDictionary.messages.number(of: term, index) ?? TermDictionary.messages.add(term, index)
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
      if index.isInTransaction { try? index.run("ROLLBACK") }
      throw error
    }
  }
}
