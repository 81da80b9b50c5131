// Migration 15, columns: what a refresh token that is presented again may still be exchanged for.

extension Schema {
  static let repeatedRefresh = """
    -- The token that the newest one was exchanged for; NULL until the first exchange.
    ALTER TABLE sessions ADD COLUMN refresh_parent BLOB;

    -- All tokens of a session but its newest, also those that nobody has used. The table keeps its name for older programs that are being
    -- replaced: what they write is over. state: 1 unused (spent_at: when it was issued), 2 used, 3 over (RefreshTokens.swift).
    ALTER TABLE spent_refresh_tokens ADD COLUMN state INTEGER NOT NULL DEFAULT 3 CHECK (state IN (1, 2, 3));
    -- The token that it was exchanged for.
    ALTER TABLE spent_refresh_tokens ADD COLUMN parent BLOB;
    CREATE INDEX spent_refresh_tokens_unused ON spent_refresh_tokens (session_id, spent_at) WHERE state = 1;
    """
}
