// Migration 14, tables and an index: which messages are deleted, so that unread counts leave them out, and who owns a room.

extension Schema {
  static let unread = """
    -- The ids of the deleted messages: an unread count never reads messages.
    CREATE TABLE deleted_messages (
      id INTEGER PRIMARY KEY
    ) STRICT;

    -- How many there are of each 1024 ids (block = id >> 10), so that a count costs no more in a room where most messages are deleted.
    CREATE TABLE deleted_message_counts (
      block INTEGER PRIMARY KEY,
      count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 1024)
    ) STRICT;

    INSERT INTO deleted_messages (id) SELECT id FROM messages
      WHERE CASE WHEN instr(json, '"deleted":true') > 0 THEN json ->> 'deleted' END = 1 ORDER BY id;
    INSERT INTO deleted_message_counts (block, count) SELECT id >> 10, count(*) FROM deleted_messages GROUP BY id >> 10;

    -- Whether somebody owns a room is asked whenever somebody joins it.
    CREATE INDEX memberships_owners ON memberships (role, room_id) WHERE role = 3;
    """
}
