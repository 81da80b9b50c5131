// Migration 10, a column: the boot by whose clock a window of profile changes began.

extension Schema {
  static let profileWindows = """
    -- window_start is in milliseconds since this boot; empty: of the wall clock, which an older program wrote, and over.
    ALTER TABLE profile_changes ADD COLUMN boot TEXT NOT NULL DEFAULT '';
    """
}
