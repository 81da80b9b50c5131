// Migration 25, rooms: how long their messages are kept, and which is the first that is kept.

extension Schema {
  static let retention = """
    -- Messages before it have expired: they are gone, or about to be removed.
    ALTER TABLE rooms ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 1 CHECK (first_seq > 0);
    -- Seconds that messages are kept; 0: for ever; NULL: as the settings say.
    ALTER TABLE rooms ADD COLUMN retention INTEGER CHECK (retention >= 0);
    """
}
