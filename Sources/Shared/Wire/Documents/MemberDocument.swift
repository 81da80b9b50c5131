// Members and bans of a room in JSON.
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
}
