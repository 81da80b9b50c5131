// Migration 21, a table and columns: the audit, what a user sees of their devices, and which accounts were imported.

extension Schema {
  static let audit = """
    -- Users by their rows alone: an account that is erased keeps its row and loses its name. Rooms by the id that clients know, since a room's
    -- row goes with the room. actor_kind: 0 somebody not signed in, 1 the user actor_id, 2 actor_name at the command line, 3 the service.
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
      actor_kind INTEGER NOT NULL CHECK (actor_kind BETWEEN 0 AND 3),
      actor_id INTEGER REFERENCES users (id),
      actor_name TEXT CHECK (length(actor_name) BETWEEN 1 AND 64),
      user_id INTEGER REFERENCES users (id),
      room TEXT CHECK (length(room) BETWEEN 1 AND 32),
      seq INTEGER,
      address TEXT CHECK (length(address) BETWEEN 1 AND 64),
      detail TEXT NOT NULL DEFAULT '' CHECK (length(detail) <= 500),
      count INTEGER NOT NULL DEFAULT 1 CHECK (count >= 1),
      CHECK ((actor_kind = 1) = (actor_id IS NOT NULL)),
      CHECK ((actor_kind = 2) = (actor_name IS NOT NULL))
    ) STRICT;
    CREATE INDEX audit_time ON audit (at);
    CREATE INDEX audit_action ON audit (action, at);
    -- Also finds where a user has signed in from.
    CREATE INDEX audit_actor ON audit (actor_id, action, address) WHERE actor_id IS NOT NULL;
    CREATE INDEX audit_user ON audit (user_id) WHERE user_id IS NOT NULL;

    -- A digest of the line that an account was imported from, which outlives the account: importing the same file again makes it no second time.
    ALTER TABLE users ADD COLUMN import_digest INTEGER;
    CREATE UNIQUE INDEX users_import ON users (import_digest) WHERE import_digest IS NOT NULL;

    -- What the client calls its device, and the network that it was last seen in.
    ALTER TABLE sessions ADD COLUMN device_name TEXT CHECK (length(device_name) BETWEEN 1 AND 100);
    ALTER TABLE sessions ADD COLUMN address TEXT CHECK (length(address) BETWEEN 1 AND 64);
    -- When the device was last seen; 0: when it last refreshed (used_at), as older programs leave it.
    ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
    """
}
