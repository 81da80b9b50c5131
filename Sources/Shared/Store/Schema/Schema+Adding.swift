// Migration 12, tables and columns: who is added to rooms by whom, invitations, rooms that are empty.

extension Schema {
  static let adding = """
    -- As message_times: of rooms created, and of people added who shared no room with the user.
    CREATE TABLE room_times (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      boot TEXT NOT NULL,
      times BLOB NOT NULL
    ) STRICT;
    CREATE TABLE adding_times (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      boot TEXT NOT NULL,
      times BLOB NOT NULL
    ) STRICT;

    -- 1: somebody else made the user a member. The room is unopened until the member has read or posted something there.
    ALTER TABLE memberships ADD COLUMN added INTEGER NOT NULL DEFAULT 0 CHECK (added IN (0, 1));
    UPDATE memberships SET added = 1 WHERE role = 1 AND EXISTS (
      SELECT 1 FROM rooms r WHERE r.id = memberships.room_id AND r.kind IN (1, 2) AND r.created_by <> memberships.user_id);

    -- 2: only people who share a room with the user may add them to rooms; the others invite them.
    ALTER TABLE users ADD COLUMN added_by INTEGER NOT NULL DEFAULT 1 CHECK (added_by IN (1, 2));

    -- Of users to rooms, by those who could not add them.
    CREATE TABLE invitations (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      invited_by INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      role INTEGER NOT NULL CHECK (role IN (1, 2, 3)),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      -- NULL: still open. A declined one stays until it expires, so that the room cannot invite again at once.
      declined_at INTEGER,
      -- The event that told the user, which goes when the invitation is no longer open.
      position INTEGER NOT NULL,
      PRIMARY KEY (user_id, room_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invitations_room ON invitations (room_id);
    CREATE INDEX invitations_invited_by ON invitations (invited_by);
    CREATE INDEX invitations_expiry ON invitations (expires_at);

    -- When the last member left. NULL while there are members; in direct rooms only if an account was deleted.
    ALTER TABLE rooms ADD COLUMN emptied_at INTEGER;
    CREATE INDEX rooms_emptied ON rooms (emptied_at) WHERE emptied_at IS NOT NULL;
    UPDATE rooms SET emptied_at = unixepoch() * 1000 WHERE member_count = 0 AND (kind <> 1 OR EXISTS (
      SELECT 1 FROM users u WHERE u.id IN (rooms.direct_low, rooms.direct_high) AND u.deleted_at IS NOT NULL));
    """
}
