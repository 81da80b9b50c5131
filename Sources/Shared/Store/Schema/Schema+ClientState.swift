// Migration 24, tables: drafts, pinned and saved messages, replies, and from where a room is marked as unread.

extension Schema {
  static let clientState = """
    -- The text of a member that is not sent yet. length() counts code points; the bound is that of a message.
    CREATE TABLE drafts (
      room_id INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      content TEXT NOT NULL CHECK (length(content) BETWEEN 1 AND 49152),
      reply_to INTEGER CHECK (reply_to > 0),
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id),
      FOREIGN KEY (room_id, user_id) REFERENCES memberships (room_id, user_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- The ids of messages are room << 32 | seq, so a room's pinned messages lie side by side.
    CREATE TABLE pinned_messages (
      id INTEGER PRIMARY KEY,
      user_id INTEGER NOT NULL REFERENCES users (id),
      pinned_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE saved_messages (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      -- Rises with each message that is saved: the order of the list.
      number INTEGER NOT NULL,
      id INTEGER NOT NULL,
      saved_at INTEGER NOT NULL,
      PRIMARY KEY (user_id, number),
      UNIQUE (user_id, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX saved_messages_message ON saved_messages (id);

    -- parent_id is the message that id replies to.
    CREATE TABLE replies (
      parent_id INTEGER NOT NULL,
      id INTEGER NOT NULL,
      PRIMARY KEY (parent_id, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO replies (parent_id, id)
      SELECT (id >> 32 << 32) | (json ->> 'reply_to'), id FROM messages
      WHERE CASE WHEN instr(json, '"reply_to":null') = 0 THEN json ->> 'reply_to' END > 0;

    -- From which message on the member has marked the room as unread; NULL: not at all, or they have read on since.
    ALTER TABLE memberships ADD COLUMN marked_unread_seq INTEGER CHECK (marked_unread_seq > 0);
    """
}
