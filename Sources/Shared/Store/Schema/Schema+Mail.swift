// Migration 18, a table: e-mail that is to be sent, was sent or was given up.

extension Schema {
  static let mail = """
    -- A mail is inserted in the transaction that causes it, and sent by echochat-outbound.
    CREATE TABLE mails (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      -- The word of MailKind, which is also the name of its template.
      kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
      -- NULL: of no account, such as the operator's test.
      user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
      recipient TEXT NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254),
      -- What the template says, a JSON object; links are secrets, so it is empty once the mail is sent or no longer valid.
      fields TEXT NOT NULL CHECK (length(fields) <= 32768),
      -- The left side of the Message-ID, the same however often the mail is sent.
      message_id TEXT NOT NULL UNIQUE CHECK (length(message_id) = 32),
      created_at INTEGER NOT NULL,
      -- After this it is not sent any more; NULL: it stays true.
      valid_until INTEGER,
      -- 1 waiting, 2 sent, 3 given up (Mails.swift).
      state INTEGER NOT NULL DEFAULT 1 CHECK (state IN (1, 2, 3)),
      -- While it waits: when to try next (0: at once). Then: when it was sent or given up.
      due_at INTEGER NOT NULL,
      -- Since when it is tried: since it was made, or the operator has asked for another try.
      tried_since INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      -- How often it was handed to the server without an answer being known.
      unanswered INTEGER NOT NULL DEFAULT 0 CHECK (unanswered >= 0),
      -- Whether what failed last was the server, not this mail: it is tried again as soon as the server works.
      is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
      last_error TEXT CHECK (length(last_error) <= 1000)
    ) STRICT;
    CREATE INDEX mails_due ON mails (state, due_at);
    CREATE INDEX mails_user ON mails (user_id) WHERE user_id IS NOT NULL;
    CREATE INDEX mails_valid ON mails (valid_until) WHERE valid_until IS NOT NULL AND fields <> '{}';
    """
}
