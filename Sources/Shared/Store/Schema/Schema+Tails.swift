// Migration 26, rooms: their newest messages are in the journal alone, until several of them move into the table of messages at once.

extension Schema {
  static let tails = """
    -- Of a message in the tail of its room, what the table of messages has of the others; NULL for all other events.
    ALTER TABLE journal ADD COLUMN author_id INTEGER;
    ALTER TABLE journal ADD COLUMN client_id TEXT;
    ALTER TABLE journal ADD COLUMN fingerprint INTEGER;
    -- The message before it in the tail; NULL for the first.
    ALTER TABLE journal ADD COLUMN previous_message INTEGER;
    -- The newest messages that are not in the table of messages: how many, and the position of the last; 0 without any.
    ALTER TABLE rooms ADD COLUMN tail_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN tail_position INTEGER NOT NULL DEFAULT 0;
    """
}
