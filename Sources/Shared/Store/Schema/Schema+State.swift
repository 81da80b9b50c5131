// Migration 3, tables and columns: read markers and mentions.

extension Schema {
  static let state = """
    -- Read markers go to the user's own devices only.
    ALTER TABLE users ADD COLUMN hides_reading INTEGER NOT NULL DEFAULT 0 CHECK (hides_reading IN (0, 1));
    -- The number of rows of the table mentions of this member: reading never counts them.
    ALTER TABLE memberships ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0 CHECK (mentions >= 0);
    -- The newest message when the member joined: earlier messages expect no receipt.
    ALTER TABLE memberships ADD COLUMN joined_seq INTEGER NOT NULL DEFAULT 0;

    -- Mentions that are not read yet.
    CREATE TABLE mentions (
      room_id INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id, seq),
      FOREIGN KEY (room_id, user_id) REFERENCES memberships (room_id, user_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- When a marker moved to a message: state is the highest of those that moved there together.
    CREATE TABLE mark_steps (
      room_id INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id, state, seq),
      FOREIGN KEY (room_id, user_id) REFERENCES memberships (room_id, user_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- Queries of the journal by user: joining and leaving, which is rare, and user-scoped events. Receipts, which are many, slow neither.
    DROP INDEX journal_user;
    CREATE INDEX journal_comings ON journal (user_id, position) WHERE kind IN (20, 22);
    CREATE INDEX journal_personal ON journal (user_id, room_id, kind) WHERE kind BETWEEN 50 AND 99;
    CREATE INDEX journal_receipts ON journal (room_id, user_id) WHERE kind = 6;
    """
}
