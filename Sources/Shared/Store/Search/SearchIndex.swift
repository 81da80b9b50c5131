// The index of all words that were said: a file of its own, which follows the journal and can be made anew from it at any time.

/// Inside the message's own transaction an index of words would be as much as the whole message again, under the writer lock. So a
/// follower of the journal writes the index, in a file that has its own lock, and keeps in it, in the same transaction, how far it has
/// come. Whoever searches asks the index for what was said up to there, reads in the rooms what was said later (`RecentMessageScan`), and
/// reads what was edited later as well: so nothing is found late, however far behind the index is, and nothing is found wrong. What the
/// index answers is a proposal: only the message as it stands decides whether it is a hit.
///
/// The file may go, or go bad, at any time. Each index bears a name, and the database says which is to be believed (`Meta.searchIndex`):
/// whoever meets damage takes that name away, everybody reads the rooms from then on, and the indexer makes another file. It alone makes
/// and removes files.
///
/// A message is known by the position at which the journal announced it: one order over all rooms, and the order of answers. Positions
/// lie in blocks (`PostingsBlock`), and of each term and block the index has where in the block the term stands. Author and room are
/// terms like words (`SearchTerm`). Looking for a message that has several terms is then an intersection of a few bit maps from the
/// newest block back, which ends when the page is full, and costs at ten million messages what it costs at ten thousand.
///
/// Lists by term would be written all over the file with each message. So what is new lies in `fresh`, by block and term, which is
/// written at one end; a few blocks at a time move on to `postings`, by term and block.
package enum SearchIndex {
  /// Of the tables below, and of what `FoldedText` makes of a word; an index of another version is made anew.
  static let version: Int64 = 4
  /// "ECHS" in ASCII.
  static let applicationID: Int64 = 0x4543_4853

  /// How far the index has come.
  package struct State: Sendable, Equatable {
    /// The history whose positions it counts.
    package let epoch: String
    /// Its own.
    package let name: String
    /// Everything that was said up to this position of the journal is in the index,
    package var indexedThrough: Int64
    /// or, while messages from before the journal are taken in, up to this one: nil when those are all in.
    package var filledThrough: Int64?
    /// What is in the index is there as it was edited up to this position.
    package var editedThrough: Int64

    package init(epoch: String, name: String, indexedThrough: Int64, filledThrough: Int64?, editedThrough: Int64) {
      self.epoch = epoch
      self.name = name
      self.indexedThrough = indexedThrough
      self.filledThrough = filledThrough
      self.editedThrough = editedThrough
    }

    /// The newest position whose message is surely in the index.
    package var reach: Int64 { filledThrough ?? indexedThrough }
  }

  /// Nil before it has begun.
  package static func state(_ index: Database) throws -> State? {
    try index.first("SELECT epoch, name, indexed_through, filled_through, edited_through FROM state") {
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

    -- The key is block << 40 | term; offsets as PostingsBlock stores them.
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
