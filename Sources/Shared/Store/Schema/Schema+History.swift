// Migration 13, a table: the tags by which cursors of this history are told from those of another one.

extension Schema {
  static let history = """
    -- The tag that cursors bear from a position of the journal on. Each start adds one; before the first the tag is 0.
    CREATE TABLE history_sections (
      start INTEGER PRIMARY KEY,
      tag INTEGER NOT NULL CHECK (tag BETWEEN 0 AND 8191)
    ) STRICT;
    """
}
