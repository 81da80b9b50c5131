// Users in JSON.
public import Domain

extension JSONWriter {
  /// Writes the members of a user into the open object.
  public mutating func fields(of user: User) {
    field("user_id", user.id)
    field("username", user.username)
    field("display_name", user.displayName)
    field("avatar_url", user.avatarURL)
    field("status_text", user.statusText)
    field("created_at", user.createdAt)
  }

  public mutating func user(_ user: User) {
    object { $0.fields(of: user) }
  }

  /// A user with their presence.
  public mutating func user(_ user: User, _ presence: Presence) {
    object { json in
      json.fields(of: user)
      json.field("presence", presence.state.word)
      json.field("last_seen_at", presence.lastSeenAt)
    }
  }

  /// A user with what only they see of themselves.
  public mutating func ownUser(_ user: User, _ account: OwnAccount) {
    object { json in
      json.fields(of: user)
      json.fields(of: account)
    }
  }

  /// Writes the members of what only users themselves see into the open object.
  mutating func fields(of account: OwnAccount) {
    field("email", account.email.address)
    field("email_verified", account.email.isVerified)
    field("pending_email", account.email.pending)
    field("hide_read_receipts", account.hidesReadReceipts)
    field("operator", account.isOperator)
  }

  public mutating func block(_ block: Block) {
    object { json in
      json.key("user")
      json.user(block.user)
      json.field("created_at", block.createdAt)
    }
  }
}
