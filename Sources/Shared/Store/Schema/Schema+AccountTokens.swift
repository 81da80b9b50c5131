// Migration 19, tables and a column: tokens that are sent by mail, addresses that are not verified yet, devices of an account.

extension Schema {
  static let accountTokens = """
    -- An address that the user has yet to show to be theirs. Not unique: anyone who verifies it first has it.
    ALTER TABLE users ADD COLUMN pending_email TEXT CHECK (length(pending_email) <= 254);
    CREATE INDEX users_pending_email ON users (pending_email) WHERE pending_email IS NOT NULL;

    -- Single-use tokens. Those that are over stay until they would have expired: a user gets a bounded number of them.
    CREATE TABLE account_tokens (
      hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
      kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      -- Where it was sent; NULL if the operator has it.
      email TEXT CHECK (length(email) <= 254),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      is_over INTEGER NOT NULL DEFAULT 0 CHECK (is_over IN (0, 1))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX account_tokens_user ON account_tokens (user_id, kind, created_at);
    CREATE INDEX account_tokens_expiry ON account_tokens (expires_at);

    -- When mail to addresses that anybody may enter was asked for, by SHA-256 of kind and address: they get a bounded number.
    CREATE TABLE mail_times (
      address BLOB NOT NULL CHECK (length(address) = 32),
      sent_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mail_times_address ON mail_times (address, sent_at);
    CREATE INDEX mail_times_age ON mail_times (sent_at);

    -- SHA-256 of user, network and user agent of those who have signed in.
    CREATE TABLE known_devices (
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      device BLOB NOT NULL CHECK (length(device) = 32),
      first_seen_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL,
      PRIMARY KEY (user_id, device)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX known_devices_age ON known_devices (seen_at);
    """
}
