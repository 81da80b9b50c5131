// Migration 22, tables: users for whom a host application or nginx vouches, and the sessions that their tokens stand for.

extension Schema {
  static let hostUsers = """
    -- identity: SHA-256 of who vouches and of what they call the user (Chat+HostUsers.swift), never of a user name: nobody becomes somebody
    -- by taking a name. issuer: NULL for the user of an nginx. Of a deleted account only the hash is left, until no token of before can be
    -- valid any more. profile: SHA-256 of the claims that were taken over last, which were issued at profile_issued_at (seconds).
    CREATE TABLE host_users (
      identity BLOB NOT NULL PRIMARY KEY CHECK (length(identity) = 32),
      user_id INTEGER UNIQUE REFERENCES users (id) ON DELETE CASCADE,
      issuer TEXT CHECK (length(issuer) BETWEEN 1 AND 256),
      subject TEXT CHECK (length(subject) BETWEEN 1 AND 256),
      profile BLOB CHECK (length(profile) = 32),
      profile_issued_at INTEGER NOT NULL DEFAULT 0,
      deleted_at INTEGER,
      CHECK ((user_id IS NULL) = (deleted_at IS NOT NULL) AND (user_id IS NULL) = (subject IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX host_users_deleted ON host_users (deleted_at) WHERE deleted_at IS NOT NULL;

    -- name: SHA-256 of the session's name at the host application (sid), or of nothing. Once the session was ended, tokens of this name
    -- that were issued until ended_at are refused.
    CREATE TABLE host_sessions (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name BLOB NOT NULL CHECK (length(name) = 32),
      session_id INTEGER UNIQUE REFERENCES sessions (id) ON DELETE SET NULL,
      ended_at INTEGER,
      PRIMARY KEY (user_id, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX host_sessions_over ON host_sessions (ended_at) WHERE session_id IS NULL;
    """
}
