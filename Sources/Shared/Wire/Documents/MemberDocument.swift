// Members and bans of a room in JSON.
public import Domain

extension JSONWriter {
  /// `withMarks`: with how far the member has come.
  public mutating func member(_ member: Member, withMarks: Bool = false) {
    object { json in
      json.key("user")
      json.user(member.user)
      json.field("role", member.role.word)
      json.field("joined_at", member.joinedAt)
      if withMarks {
        json.key("marks")
        if let markers = member.markers { json.object { $0.fields(of: markers) } } else { json.null() }
      }
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
