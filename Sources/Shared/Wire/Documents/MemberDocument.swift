// Members, bans and invites of a room in JSON.
public import Domain

extension JSONWriter {
  public mutating func member(_ member: Member) {
    object { json in
      json.key("user")
      json.user(member.user)
      json.field("role", member.role.word)
      json.field("joined_at", member.joinedAt)
    }
  }

  public mutating func ban(_ ban: Ban) {
    object { json in
      json.key("user")
      json.user(ban.user)
      json.field("banned_by", ban.bannedBy)
      json.field("reason", ban.reason)
      json.field("created_at", ban.createdAt)
    }
  }

  public mutating func invite(_ invite: Invite) {
    object { json in
      json.field("code", invite.code)
      json.field("room_id", invite.roomID)
      json.field("created_by", invite.createdBy)
      json.field("created_at", invite.createdAt)
      json.field("expires_at", invite.expiresAt)
      json.field("uses_left", invite.usesLeft)
    }
  }
}
