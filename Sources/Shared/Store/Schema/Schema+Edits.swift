// An index: what was edited, in the order in which it was.

extension Schema {
  static let edits = """
    -- The index of words is told of edits before it is told of the rest.
    CREATE INDEX journal_edited ON journal (position, message_id) WHERE message_id IS NOT NULL;
    """
}
