// The tables, as a list of migrations: a migration never changes, new ones are added at the end.

public enum Schema {
  /// "ECHO" in ASCII: `file` and SQLite's own tools can tell whose database it is.
  static let applicationID: Int64 = 0x4543_484f

  /// Migration n takes the database from `user_version` n-1 to n.
  static let migrations: [String] = [
    core, people, state, presence, names, edits, spelledNames, changes, subjects, profileWindows, budgets, adding,
    history, unread, repeatedRefresh, emojiSpelling, compoundNames, mail, accountTokens, operators, audit, hostUsers, files,
    clientState, retention, tails,
  ]

  private static let core = """
    -- epoch: changes when the database is replaced by an older one, so that no cursor of the newer one is believed.
    -- journal_floor: the highest position that was pruned.
    CREATE TABLE meta (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- SQLite's length() counts code points, of which one character may have many: the bounds are those of the Domain, in bytes.
    CREATE TABLE users (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      public_id TEXT NOT NULL UNIQUE CHECK (length(public_id) BETWEEN 1 AND 32),
      username TEXT NOT NULL UNIQUE CHECK (length(username) BETWEEN 3 AND 32),
      display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 1024),
      status_text TEXT NOT NULL DEFAULT '' CHECK (length(status_text) <= 4000),
      email TEXT UNIQUE CHECK (length(email) <= 254),
      email_verified_at INTEGER,
      password_hash TEXT,
      created_at INTEGER NOT NULL,
      suspended_at INTEGER
    ) STRICT;

    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      public_id TEXT NOT NULL UNIQUE,
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      refresh_hash BLOB NOT NULL UNIQUE CHECK (length(refresh_hash) = 32),
      user_agent TEXT NOT NULL CHECK (length(user_agent) <= 200),
      created_at INTEGER NOT NULL,
      used_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_user ON sessions (user_id);
    CREATE INDEX sessions_expiry ON sessions (expires_at);

    -- Refresh tokens that were exchanged: one that is used again was copied.
    CREATE TABLE spent_refresh_tokens (
      hash BLOB PRIMARY KEY,
      session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX spent_refresh_tokens_session ON spent_refresh_tokens (session_id);

    CREATE TABLE tickets (
      hash BLOB PRIMARY KEY,
      session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tickets_session ON tickets (session_id);
    CREATE INDEX tickets_expiry ON tickets (expires_at);

    CREATE TABLE rooms (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      public_id TEXT NOT NULL UNIQUE,
      kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
      name TEXT CHECK (length(name) BETWEEN 1 AND 1280),
      topic TEXT NOT NULL DEFAULT '' CHECK (length(topic) <= 4000),
      created_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
      created_at INTEGER NOT NULL,
      member_count INTEGER NOT NULL DEFAULT 0 CHECK (member_count >= 0),
      last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq BETWEEN 0 AND 4294967295),
      last_activity_at INTEGER NOT NULL,
      -- The newest journal entry of this room: with journal.previous, the way back through its events, without an index.
      last_position INTEGER NOT NULL DEFAULT 0,
      -- The two people of a direct room, smaller number first: the constraint makes one room of a pair.
      direct_low INTEGER REFERENCES users (id),
      direct_high INTEGER REFERENCES users (id),
      UNIQUE (direct_low, direct_high),
      CHECK ((kind = 1) = (direct_low IS NOT NULL AND direct_high IS NOT NULL)),
      CHECK (kind = 1 OR name IS NOT NULL)
    ) STRICT;
    CREATE INDEX rooms_created_by ON rooms (created_by);
    CREATE INDEX rooms_direct_high ON rooms (direct_high);
    CREATE INDEX rooms_directory ON rooms (member_count, id) WHERE kind = 3;

    CREATE TABLE memberships (
      room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      role INTEGER NOT NULL CHECK (role IN (1, 2, 3)),
      joined_at INTEGER NOT NULL,
      delivered_seq INTEGER NOT NULL DEFAULT 0,
      preview_seq INTEGER NOT NULL DEFAULT 0,
      read_seq INTEGER NOT NULL DEFAULT 0,
      notify INTEGER NOT NULL DEFAULT 1 CHECK (notify IN (1, 2, 3)),
      muted_until INTEGER,
      PRIMARY KEY (room_id, user_id),
      CHECK (read_seq <= preview_seq AND preview_seq <= delivered_seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships_user ON memberships (user_id, room_id);

    -- The id is room << 32 | seq: a room's messages lie side by side in the order in which they are read, and one key is identity,
    -- order and cursor. json is the message as clients see it, composed once; the columns are what rules ask about.
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,
      user_id INTEGER NOT NULL REFERENCES users (id),
      client_id TEXT CHECK (length(client_id) BETWEEN 1 AND 128),
      -- A hash of what was posted with client_id, so that other content with the same id is noticed even after an edit.
      fingerprint INTEGER,
      position INTEGER NOT NULL,
      json TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX messages_client ON messages (user_id, client_id) WHERE client_id IS NOT NULL;

    -- All events that clients receive, in commit order. data is composed once, in the transaction of the change.
    CREATE TABLE journal (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      kind INTEGER NOT NULL,
      room_id INTEGER,
      -- Whom a membership, session or user event is about.
      user_id INTEGER,
      -- The room's entry before this one.
      previous INTEGER NOT NULL,
      -- The message that an edit is of, so that deleting it can take the words out of the journal as well.
      message_id INTEGER,
      created_at INTEGER NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_user ON journal (user_id, position) WHERE user_id IS NOT NULL;
    CREATE INDEX journal_edits ON journal (message_id) WHERE message_id IS NOT NULL;

    -- The latest admitted messages of a user, in milliseconds since the boot that is named.
    CREATE TABLE message_times (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      boot TEXT NOT NULL,
      times BLOB NOT NULL
    ) STRICT;

    -- Results of requests that bore an Idempotency-Key.
    CREATE TABLE idempotency_keys (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
      fingerprint INTEGER NOT NULL,
      result TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (user_id, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
    """
}
