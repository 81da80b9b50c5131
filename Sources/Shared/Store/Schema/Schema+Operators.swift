// Migration 20, columns and a table: operators, the system's own user, registration codes.

extension Schema {
  static let operators = """
    -- 1: the user may do over REST what the operator's command does.
    ALTER TABLE users ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0 CHECK (is_operator IN (0, 1));
    -- 1: the user in whose name the service speaks, made when it first does. There is one at most.
    ALTER TABLE users ADD COLUMN is_system INTEGER NOT NULL DEFAULT 0 CHECK (is_system IN (0, 1) AND (is_system = 0 OR is_operator = 0));
    CREATE UNIQUE INDEX users_system ON users (is_system) WHERE is_system = 1;

    -- What lets people register where ECHOCHAT_REGISTRATION is invite.
    CREATE TABLE registration_codes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
      -- NULL: made on the command line. A code goes when its maker is no longer an operator.
      created_by INTEGER REFERENCES users (id) ON DELETE CASCADE,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      uses_left INTEGER NOT NULL CHECK (uses_left >= 0)
    ) STRICT;
    CREATE INDEX registration_codes_created_by ON registration_codes (created_by);
    CREATE INDEX registration_codes_expiry ON registration_codes (expires_at);
    """
}
