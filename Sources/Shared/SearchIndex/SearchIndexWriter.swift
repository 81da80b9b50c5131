// Writes the full-text index, one batch of the journal after the other.
public import Domain
import SQL
import TextSearch

/// For one thread. It is the only writer of the index in a running system; a second one would wait for it and find its work done.
public final class SearchIndexWriter {
  /// Events that are indexed in one transaction.
  public static let batchMax = 1024
  /// Messages from before the journal that are indexed in one transaction.
  public static let backfillMax = 8192
  /// The most bytes that these messages have, exceeded by the last at most.
  public static let backfillBytesMax = 8 << 20
  /// Numbers of terms that are cached, about 20 MB.
  private static let cachedTermsMax = 200_000

  /// A message as it is indexed.
  public struct Entry: Sendable {
    let row: Int64
    let position: Int64
    let author: UserRowID
    /// Nil if the message is deleted.
    let content: String?

    public init(row: Int64, position: Int64, author: UserRowID, content: String?) {
      self.row = row
      self.position = position
      self.author = author
      self.content = content
    }
  }

  private let path: String
  private(set) var database: Database
  /// Copies the WAL into the file while `database` holds the write lock.
  private(set) var copier: Database
  /// Pages written since the last checkpoint.
  private var pagesInWAL = 0
  private var cachedTerms: [String: Int64] = [:]

  public init(path: String) throws {
    self.path = path
    // A power cut may lose the last batches together with their position: they are indexed again.
    database = try SearchIndex.open(path: path)
    copier = try Database(path: path, access: .indexer)
  }

  /// Nil if the index must be rebuilt: it is empty, damaged, or another file is in its place.
  public func state() throws -> SearchIndex.State? {
    try isLost ? nil : SearchIndex.state(database)
  }

  /// Whether the file is damaged or gone.
  public var isLost: Bool { database.hasMoved || database.failure.map { SearchIndex.isLost(path: path, after: $0) } ?? false }

  /// Replaces the index by an empty one.
  public func begin(_ state: SearchIndex.State) throws {
    cachedTerms = [:]
    database = try SearchIndex.make(path: path)
    copier = try Database(path: path, access: .indexer)
    pagesInWAL = 0
    try database.run(
      "INSERT INTO state (id, epoch, name, indexed_through, filled_through, edited_through) VALUES (1, ?, ?, ?, ?, ?)",
      .text(state.epoch), .text(state.name), .integer(state.indexedThrough), .optional(state.filledThrough),
      .integer(state.editedThrough))
  }

  /// Indexes messages as they are now, removes the messages of deleted rooms and, of `expired` rooms, those up to a position, and stores the
  /// state. Idempotent.
  public func index(
    _ entries: [Entry], deletedRooms: [RoomRowID] = [], expired: [RoomRowID: Int64] = [:], state: SearchIndex.State
  ) throws {
    try inTransaction {
      try index(entries)
      for room in deletedRooms { try removeMessages(of: room) }
      for (room, position) in expired { try removeMessages(of: room, through: position) }
      try seal(through: state.completeThrough)
      try database.run(
        "UPDATE state SET indexed_through = ?, filled_through = ?, edited_through = ?", .integer(state.indexedThrough),
        .optional(state.filledThrough), .integer(state.editedThrough))
    }
    // Nobody else commits here, so the checkpoint meets no commit.
    pagesInWAL += Int(database.takePagesWritten())
    guard pagesInWAL >= Checkpointer.framesWanted else { return }
    _ = try Checkpointer.checkpoint(database, copier)
    pagesInWAL = 0
  }

  private func index(_ entries: [Entry]) throws {
    let sealed = try SearchIndex.sealedBlocks(database)
    let newest = try SearchIndex.lastPosition(database)
    var unsealed: [Int64: [UInt16]] = [:]
    for entry in entries {
      let new = try terms(of: entry)
      var added = new
      if entry.position <= newest {
        let old = try terms(at: entry.position)
        if old == new { continue }
        for term in Set(old).subtracting(new) {
          try change(term, at: entry.position, sealed) { $0.remove($1) }
          try noteRemoved(term)
        }
        added.removeAll(where: Set(old).contains)
      }
      for term in added {
        if PostingsBlock.number(of: entry.position) < sealed {
          try change(term, at: entry.position, sealed) { $0.insert($1) }
        } else {
          let key = term.unsealedKey(block: PostingsBlock.number(of: entry.position))
          unsealed[key, default: []].append(PostingsBlock.offset(of: entry.position))
        }
      }
      if new.isEmpty {
        try database.run("DELETE FROM documents WHERE position = ?", .integer(entry.position))
      } else {
        try database.run(
          """
          INSERT INTO documents (position, message_row, terms) VALUES (?, ?, ?)
          ON CONFLICT (position) DO UPDATE SET message_row = excluded.message_row, terms = excluded.terms
          """, .integer(entry.position),
          .integer(entry.row), .blob(SearchTerm.pack(new)))
      }
    }
    // In the order of keys, so that the file is written from one end to the other.
    for (key, offsets) in unsealed.sorted(by: { $0.key < $1.key }) { try append(offsets, key) }
  }

  /// Appends to a stored list in place; only a list that becomes too long is read.
  private func append(_ offsets: [UInt16], _ key: Int64) throws {
    let list = PostingsBlock.list(offsets)
    var changed: Int64 = 0
    if list.count < PostingsBlock.bitMapBytes {
      changed = try database.run(
        """
        INSERT INTO unsealed (key, offsets) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET offsets = CAST(offsets || ?2 AS BLOB)
        WHERE length(offsets) + length(?2) < ?3
        """, .integer(key), .blob(list), .integer(Int64(PostingsBlock.bitMapBytes)))
    }
    if changed == 0 {
      try changeUnsealed(key) { block in for offset in offsets { block.insert(offset) } }
    }
  }

  // MARK: Terms

  /// Each once, ascending.
  func terms(at position: Int64) throws -> [SearchTerm] {
    try database.first("SELECT terms FROM documents WHERE position = ?", .integer(position)) { SearchTerm.unpack($0.bytes(0)) } ?? []
  }

  private func terms(of entry: Entry) throws -> [SearchTerm] {
    guard let content = entry.content else { return [] }
    let words = try FoldedText(content).terms.map { SearchTerm.word(try number(of: $0)) }
    return (words + [.author(entry.author), .room(MessageID(row: entry.row).room)]).sorted()
  }

  private func number(of term: String) throws -> Int64 {
    if let known = cachedTerms[term] { return known }
    if cachedTerms.count >= Self.cachedTermsMax { cachedTerms = [:] }
    let number = try TermDictionary.messages.number(of: term, database) ?? TermDictionary.messages.add(term, database)
    cachedTerms[term] = number
    return number
  }

  func inTransaction(_ body: () throws -> Void) throws {
    do {
      try database.writing(body)
    } catch {
      // They may be numbers of terms that were rolled back.
      forgetTerms()
      throw error
    }
  }

  /// Empties the cache of numbers.
  func forgetTerms() { cachedTerms = [:] }
}
