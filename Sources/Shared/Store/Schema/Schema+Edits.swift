// Migration 6, an index: edits by position.

extension Schema {
  static let edits = """
    -- The full-text index reads edits before the other events.
    CREATE INDEX journal_edited ON journal (position, message_id) WHERE message_id IS NOT NULL;
    """
}
