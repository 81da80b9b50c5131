// The full-text index of all messages: a file of its own, which follows the journal and can be rebuilt from it at any time.
public import SQL

/// Written in the message's own transaction, a full-text index would double the work under the write lock. So a follower of the journal
/// writes the index, in a file that has its own lock, and stores its position in the same transaction. A search asks the index for
/// messages up to that position, scans newer messages in their rooms (`RecentMessageScan`), and checks messages that were edited since: so
/// results are never stale, however far behind the index is. The index returns candidates: only the message itself decides whether it is
/// a hit.
///
/// The file may vanish or be damaged at any time. Each index has a name, and the database says which one is valid (`Meta.searchIndex`):
/// a search that meets damage deletes that name, all searches scan the rooms from then on, and the writer builds another file. The writer
/// alone creates and removes files.
///
/// A message is identified by its position in the journal: one order over all rooms, and the order of results. Positions form blocks
/// (`PostingsBlock`); for each term and block the index stores which positions have the term. Author and room are terms like words
/// (`SearchTerm`). Finding messages with several terms is then an intersection of a few bit maps from the newest block back, which ends
/// when the page is full, and costs the same at ten million messages as at ten thousand.
///
/// Lists by term would be written all over the file with each message. So new postings go into `unsealed`, by block and term, which is
/// written at one end; a few full blocks at a time move on to `postings`, by term and block.
public enum SearchIndex {
  /// Of the tables below, and of how `FoldedText` folds; an index of another version is rebuilt.
  public static let version: Int64 = 7
  /// "ECHS" in ASCII.
  static let applicationID: Int64 = 0x4543_4853

  /// What the index has.
  public struct State: Sendable, Equatable {
    /// The epoch of the journal whose positions it uses.
    public let epoch: String
    /// The name of this index.
    public let name: String
    /// All messages up to this position of the journal are in the index,
    public var indexedThrough: Int64
    /// or, while messages from before the journal are added, up to this one: nil when all of those are in.
    public var filledThrough: Int64?
    /// Edits up to this position of the journal are in the index.
    public var editedThrough: Int64

    public init(epoch: String, name: String, indexedThrough: Int64, filledThrough: Int64?, editedThrough: Int64) {
      self.epoch = epoch
      self.name = name
      self.indexedThrough = indexedThrough
      self.filledThrough = filledThrough
      self.editedThrough = editedThrough
    }

    /// All messages up to this position are in the index.
    public var completeThrough: Int64 { filledThrough ?? indexedThrough }
  }

  /// Nil in an empty file, and in one of another version: a program that was started before the writer of its version may open that.
  public static func state(_ index: Database) throws -> State? {
    guard try index.first("PRAGMA user_version", read: { $0.integer(0) }) == version else { return nil }
    return try index.first("SELECT epoch, name, indexed_through, filled_through, edited_through FROM state") {
      State(
        epoch: $0.text(0), name: $0.text(1), indexedThrough: $0.integer(2), filledThrough: $0.optionalInteger(3),
        editedThrough: $0.integer(4))
    }
  }

  /// Blocks before this one have moved to `postings`.
  static func sealedBlocks(_ index: Database) throws -> Int64 {
    try index.first("SELECT sealed_blocks FROM state") { $0.integer(0) } ?? 0
  }

  static let schema = """
    CREATE TABLE state (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      epoch TEXT NOT NULL,
      name TEXT NOT NULL,
      indexed_through INTEGER NOT NULL,
      filled_through INTEGER,
      edited_through INTEGER NOT NULL,
      sealed_blocks INTEGER NOT NULL DEFAULT 0,
      -- What erased terms have left behind: 1 in the index of pieces and the WAL, 2 in the WAL alone, 0 nothing.
      rewrite INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    -- Every word of every message, folded, in the order of first use: the common ones come first.
    CREATE TABLE terms (
      id INTEGER PRIMARY KEY,
      term TEXT NOT NULL UNIQUE
    ) STRICT;

    -- Terms of removed messages: those that no other message has are erased.
    CREATE TABLE removed_terms (
      id INTEGER PRIMARY KEY
    ) STRICT;

    -- Pieces of terms: the substrings of a few hundred thousand terms, not of millions of messages.
    CREATE VIRTUAL TABLE term_pieces USING fts5 (term, tokenize = 'trigram', content = 'terms', content_rowid = 'id', columnsize = 0);

    -- The messages in the index: the row, and the terms, so that they can be removed when the message is edited or deleted.
    CREATE TABLE documents (
      position INTEGER PRIMARY KEY,
      message_row INTEGER NOT NULL,
      terms BLOB NOT NULL
    ) STRICT;

    -- The key is block << 40 | term; offsets as PostingsBlock stores them.
    CREATE TABLE unsealed (
      key INTEGER PRIMARY KEY,
      offsets BLOB NOT NULL
    ) STRICT;

    -- The key is term << 24 | block.
    CREATE TABLE postings (
      key INTEGER PRIMARY KEY,
      offsets BLOB NOT NULL
    ) STRICT;
    """
}
