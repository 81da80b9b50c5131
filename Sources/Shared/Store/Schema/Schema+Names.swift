// Migrations 5, 7 and 17, tables: the full-text indexes of the names of users and public rooms.

extension Schema {
  static let names = """
    -- Every word of a name, folded, in the order of first use: the common ones come first.
    CREATE TABLE user_terms (
      id INTEGER PRIMARY KEY,
      term TEXT NOT NULL UNIQUE
    ) STRICT;
    -- Which terms have a piece in common.
    CREATE VIRTUAL TABLE user_term_pieces USING fts5 (term, tokenize = 'trigram', content = 'user_terms', content_rowid = 'id', columnsize = 0);
    -- The row is the user's. The text is the numbers of the user's terms.
    CREATE VIRTUAL TABLE user_names USING fts5 (terms, tokenize = 'ascii', detail = none, columnsize = 0);

    -- The same of names and topics of public rooms: apart, so that neither crowds out the other.
    CREATE TABLE room_terms (
      id INTEGER PRIMARY KEY,
      term TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE VIRTUAL TABLE room_term_pieces USING fts5 (term, tokenize = 'trigram', content = 'room_terms', content_rowid = 'id', columnsize = 0);
    CREATE VIRTUAL TABLE room_names USING fts5 (terms, tokenize = 'ascii', detail = none, columnsize = 0);
    """

  /// Nothing for SQL to do: `FoldedText` spells letters such as ł and ß since then, and every name is indexed again.
  static let spelledNames = "-- All names are folded again."

  /// The same: since then `FoldedText` finds compounds, and folds ligatures, full-width letters and what is not seen.
  static let compoundNames = "-- All names are folded again, compounds too."
}
