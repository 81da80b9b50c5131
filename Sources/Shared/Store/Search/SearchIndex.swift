// The index of all words that were said: a file of its own, which follows the journal and can be made anew from it at any time.

/// Inside the message's own transaction an index of words would be as much as the whole message again, under the writer lock. So a
/// follower of the journal writes the index, in a file that has its own lock, and keeps in it, in the same transaction, how far it has
/// come: `indexed_through`. Whoever searches asks the index for what is before that position and reads what is after it in the journal,
/// so nothing is found late and nothing is found wrong, whenever either program dies. What the index answers is a proposal: only the
/// message as it stands decides whether it is a hit.
///
/// A message is known by the position at which the journal announced it: one order over all rooms, and the order of answers. Positions
/// lie in blocks (`PositionBlock`), and of each term and block the index has where in the block the term stands. Author and room are
/// terms like words (`SearchTerm`). Looking for a message that has several terms is then an intersection of a few bit maps from the
/// newest block back, which ends when the page is full, and costs at ten million messages what it costs at ten thousand.
///
/// Lists by term would be written all over the file with each message. So what is new lies in `fresh`, by block and term, which is
/// written at one end; a few blocks at a time move on to `postings`, by term and block.
package enum SearchIndex {
  /// Of the tables below; an index of another version is made anew.
  static let version: Int64 = 2

  /// How far the index has come.
  package struct State: Sendable, Equatable {
    /// The history whose positions it counts.
    package let epoch: String
    /// Everything up to this position of the journal is in the index.
    package let indexedThrough: Int64
    /// The position of the last message taken in from before the journal begins; nil when those are all in.
    package let filledThrough: Int64?

    package init(epoch: String, indexedThrough: Int64, filledThrough: Int64?) {
      self.epoch = epoch
      self.indexedThrough = indexedThrough
      self.filledThrough = filledThrough
    }
  }

  /// Makes the file, or its tables anew if they are of another version.
  package static func prepare(path: String) throws {
    let database = try Database(path: path, access: .indexer)
    try database.run("BEGIN IMMEDIATE")
    do {
      if try database.first("PRAGMA user_version", read: { $0.integer(0) }) != version {
        try database.runScript(removal + schema + "PRAGMA user_version = \(version);")
      }
      try database.run("COMMIT")
    } catch {
      try? database.run("ROLLBACK")
      throw error
    }
  }

  package static func state(_ index: Database) throws -> State {
    try index.first("SELECT epoch, indexed_through, filled_through FROM state") {
      State(epoch: $0.text(0), indexedThrough: $0.integer(1), filledThrough: $0.optionalInteger(2))
    } ?? State(epoch: "", indexedThrough: 0, filledThrough: nil)
  }

  /// Blocks before this one have moved to `postings`.
  static func sealedBlocks(_ index: Database) throws -> Int64 {
    try index.first("SELECT sealed_blocks FROM state") { $0.integer(0) } ?? 0
  }

  /// message_terms is of version 1.
  private static let removal = """
    DROP TABLE IF EXISTS state; DROP TABLE IF EXISTS message_terms; DROP TABLE IF EXISTS term_pieces; DROP TABLE IF EXISTS terms;
    DROP TABLE IF EXISTS documents; DROP TABLE IF EXISTS fresh; DROP TABLE IF EXISTS postings;
    """

  private static let schema = """
    CREATE TABLE state (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      epoch TEXT NOT NULL,
      indexed_through INTEGER NOT NULL,
      filled_through INTEGER,
      sealed_blocks INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    -- Every word ever said, folded, in the order of first use: the common ones come first.
    CREATE TABLE terms (
      id INTEGER PRIMARY KEY,
      term TEXT NOT NULL UNIQUE
    ) STRICT;

    -- Which terms have a piece in common: the substrings are those of the few hundred thousand terms, not of millions of messages.
    CREATE VIRTUAL TABLE term_pieces USING fts5 (term, tokenize = 'trigram', content = 'terms', content_rowid = 'id', columnsize = 0);

    -- What is in the index: the message's row, and its terms, so that they can be taken out again when its words are gone.
    CREATE TABLE documents (
      position INTEGER PRIMARY KEY,
      message_row INTEGER NOT NULL,
      terms BLOB NOT NULL
    ) STRICT;

    -- The key is block << 40 | term; offsets as PositionBlock stores them.
    CREATE TABLE fresh (
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
