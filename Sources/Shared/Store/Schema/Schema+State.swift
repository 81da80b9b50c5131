// How far people have got, and who called whom.

extension Schema {
  static let state = """
    -- Her marks are told to her own devices alone.
    ALTER TABLE users ADD COLUMN hides_reading INTEGER NOT NULL DEFAULT 0 CHECK (hides_reading IN (0, 1));
    -- How many rows of the table mentions are hers in this room: reading never counts them.
    ALTER TABLE memberships ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0 CHECK (mentions >= 0);
    -- The newest message when she came: of what was said before, nobody waits for her receipt.
    ALTER TABLE memberships ADD COLUMN joined_seq INTEGER NOT NULL DEFAULT 0;

    -- Mentions that are not read yet.
    CREATE TABLE mentions (
      room_id INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id, seq),
      FOREIGN KEY (room_id, user_id) REFERENCES memberships (room_id, user_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- When a mark came to stand where: state is the highest of those that moved there together.
    CREATE TABLE mark_steps (
      room_id INTEGER NOT NULL,
      user_id INTEGER NOT NULL,
      state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (room_id, user_id, state, seq),
      FOREIGN KEY (room_id, user_id) REFERENCES memberships (room_id, user_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- What is asked of the journal by user: her comings and goings, which are few, and what is for her alone. Her receipts, which are
    -- many, must be in the way of neither.
    DROP INDEX journal_user;
    CREATE INDEX journal_comings ON journal (user_id, position) WHERE kind IN (20, 22);
    CREATE INDEX journal_personal ON journal (user_id, room_id, kind) WHERE kind BETWEEN 50 AND 99;
    CREATE INDEX journal_receipts ON journal (room_id, user_id) WHERE kind = 6;
    """
}
