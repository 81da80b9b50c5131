// Migration 4, tables: presence as the daemon last recorded it.

extension Schema {
  static let presence = """
    -- As the daemon last wrote it down; believed only while its lease stands.
    CREATE TABLE presence (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
      seen_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX presence_here ON presence (user_id) WHERE state > 0;

    -- One row: a daemon that dies takes nobody offline by its own hand, so what it wrote expires.
    CREATE TABLE presence_lease (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      renewed_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO presence_lease VALUES (1, 0, 0);
    """
}
