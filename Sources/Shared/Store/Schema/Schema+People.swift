// Migration 2, tables: blocks, bans, invites, reports, deletions.

extension Schema {
  static let people = """
    ALTER TABLE users ADD COLUMN deleted_at INTEGER;

    -- A public room that takes in every new user.
    ALTER TABLE rooms ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1) AND (is_default = 0 OR kind = 3));
    CREATE INDEX rooms_default ON rooms (id) WHERE is_default = 1;

    CREATE TABLE blocks (
      blocker_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      blocked_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (blocked_id <> blocker_id),
      created_at INTEGER NOT NULL,
      PRIMARY KEY (blocker_id, blocked_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blocks_blocked ON blocks (blocked_id);

    CREATE TABLE bans (
      room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      banned_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
      reason TEXT NOT NULL CHECK (length(reason) <= 8000),
      created_at INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bans_user ON bans (user_id);
    CREATE INDEX bans_banned_by ON bans (banned_by);

    CREATE TABLE invites (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
      room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      created_by INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      -- NULL: as often as anyone likes.
      uses_left INTEGER CHECK (uses_left >= 0)
    ) STRICT;
    CREATE INDEX invites_room ON invites (room_id);
    CREATE INDEX invites_created_by ON invites (created_by);
    CREATE INDEX invites_expiry ON invites (expires_at);

    CREATE TABLE reports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      seq INTEGER NOT NULL,
      reporter_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      reason TEXT NOT NULL CHECK (length(reason) <= 8000),
      created_at INTEGER NOT NULL,
      UNIQUE (room_id, seq, reporter_id)
    ) STRICT;
    CREATE INDEX reports_reporter ON reports (reporter_id, room_id);

    -- Rooms that are gone, while their messages and the words in the journal are still being taken away, a portion at a time.
    CREATE TABLE deleted_rooms (
      room_id INTEGER PRIMARY KEY,
      -- Its newest journal entry that may still have words; 0 once there is none.
      position INTEGER NOT NULL
    ) STRICT;

    -- The members of a room when it was deleted, and the position of the event, for clients that resume.
    CREATE TABLE deleted_room_members (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      PRIMARY KEY (user_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deleted_room_members_position ON deleted_room_members (position);

    -- Accounts that are gone, while their names are still being taken out of rooms, messages and journal, a portion at a time.
    CREATE TABLE erasures (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      -- Messages up to this row are done.
      message_id INTEGER NOT NULL DEFAULT 0,
      -- Journal entries about the user up to this position are done.
      position INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    -- Profile changes of a user since a window began.
    CREATE TABLE profile_changes (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      window_start INTEGER NOT NULL,
      count INTEGER NOT NULL
    ) STRICT;
    """
}
