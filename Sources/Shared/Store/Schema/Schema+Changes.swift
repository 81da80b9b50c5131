// Migration 8, a table: the times of edits and reactions.

extension Schema {
  static let changes = """
    -- As message_times, of edits and reactions.
    CREATE TABLE change_times (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      boot TEXT NOT NULL,
      times BLOB NOT NULL
    ) STRICT;
    """
}
