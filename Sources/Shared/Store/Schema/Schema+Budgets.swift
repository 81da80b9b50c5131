// Migration 11, a table and a column: the times of events, and when refresh tokens were exchanged.

extension Schema {
  static let budgets = """
    -- As message_times, of the other events that a user causes.
    CREATE TABLE event_times (
      user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      boot TEXT NOT NULL,
      times BLOB NOT NULL
    ) STRICT;

    -- 0: written by an older program that is being replaced.
    ALTER TABLE spent_refresh_tokens ADD COLUMN spent_at INTEGER NOT NULL DEFAULT 0;
    UPDATE spent_refresh_tokens SET spent_at = (SELECT used_at FROM sessions WHERE sessions.id = session_id);
    DROP INDEX spent_refresh_tokens_session;
    CREATE INDEX spent_refresh_tokens_session ON spent_refresh_tokens (session_id, spent_at);
    CREATE INDEX spent_refresh_tokens_time ON spent_refresh_tokens (spent_at);
    """
}
