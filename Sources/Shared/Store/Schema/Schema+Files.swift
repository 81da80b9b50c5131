// Migration 23, tables: files, what they take of the disk, and those that are to be deleted from it.

extension Schema {
  static let files = """
    -- The bytes are in the directory of files, under a name made of public_id. Names and types are those that clients are shown.
    CREATE TABLE files (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      public_id TEXT NOT NULL UNIQUE CHECK (length(public_id) BETWEEN 1 AND 32),
      user_id INTEGER NOT NULL REFERENCES users (id),
      -- 1 attachment, 2 avatar.
      purpose INTEGER NOT NULL CHECK (purpose IN (1, 2)),
      -- The message that it is attached to (room << 32 | seq); NULL: none yet.
      message_id INTEGER CHECK (message_id IS NULL OR purpose = 1),
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
      media_type TEXT NOT NULL CHECK (length(media_type) BETWEEN 1 AND 127),
      -- What the bytes are, whatever they are called: with media_type it decides what a browser may show.
      content TEXT NOT NULL CHECK (length(content) BETWEEN 1 AND 32),
      size INTEGER NOT NULL CHECK (size > 0),
      width INTEGER CHECK (width > 0),
      height INTEGER CHECK (height > 0),
      sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
      has_thumbnail INTEGER NOT NULL DEFAULT 0 CHECK (has_thumbnail IN (0, 1)),
      -- Bytes on disk, in whole blocks, with thumbnails.
      disk_bytes INTEGER NOT NULL CHECK (disk_bytes >= size),
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX files_user ON files (user_id);
    CREATE INDEX files_message ON files (message_id) WHERE message_id IS NOT NULL;
    CREATE INDEX files_unattached ON files (created_at) WHERE message_id IS NULL;

    -- Bytes on disk of each user's files; of user 0: of all files.
    CREATE TABLE file_totals (
      user_id INTEGER PRIMARY KEY,
      disk_bytes INTEGER NOT NULL CHECK (disk_bytes >= 0)
    ) STRICT;

    -- Files without a row, until they are deleted from the disk.
    CREATE TABLE removed_files (
      public_id TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;

    -- However a row comes or goes, the totals are right and no file stays behind.
    CREATE TRIGGER files_inserted AFTER INSERT ON files BEGIN
      INSERT INTO file_totals (user_id, disk_bytes) VALUES (0, new.disk_bytes), (new.user_id, new.disk_bytes)
        ON CONFLICT (user_id) DO UPDATE SET disk_bytes = disk_bytes + excluded.disk_bytes;
    END;
    CREATE TRIGGER files_deleted AFTER DELETE ON files BEGIN
      UPDATE file_totals SET disk_bytes = disk_bytes - old.disk_bytes WHERE user_id IN (0, old.user_id);
      INSERT OR IGNORE INTO removed_files (public_id) VALUES (old.public_id);
    END;

    -- The file that is the user's picture.
    ALTER TABLE users ADD COLUMN avatar TEXT;
    """
}
