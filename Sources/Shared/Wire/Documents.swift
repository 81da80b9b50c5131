// How users, rooms, members and messages look in JSON, over REST and WebSocket alike.
package import Domain

extension JSONWriter {
  /// Writes the members of a user into the object that is open.
  package mutating func members(of user: User) {
    field("user_id", user.id)
    field("username", user.username)
    field("display_name", user.displayName)
    key("avatar_url")
    null()
    field("status_text", user.statusText)
    field("created_at", user.createdAt)
  }

  package mutating func user(_ user: User) {
    object { $0.members(of: user) }
  }

  /// A user, and whether she is here.
  package mutating func user(_ user: User, _ presence: Presence) {
    object { json in
      json.members(of: user)
      json.field("presence", presence.state.word)
      json.field("last_seen_at", presence.lastSeenAt)
    }
  }

  package mutating func message(_ message: Message) {
    object { json in
      json.field("room_id", message.roomID)
      json.field("seq", message.seq)
      json.field("user_id", message.userID)
      json.field("username", message.username)
      json.field("display_name", message.displayName)
      json.field("content", message.content)
      json.field("client_id", message.clientID)
      json.field("reply_to", message.replyTo)
      json.key("attachments")
      json.array { _ in }
      json.field("mentions", message.mentions)
      json.key("reactions")
      json.reactions(message.reactions)
      json.field("created_at", message.createdAt)
      json.field("edited_at", message.editedAt)
      json.field("deleted", message.deleted)
    }
  }

  /// Writes what every viewer sees of a room into the object that is open.
  package mutating func members(of room: Room) {
    field("room_id", room.id)
    field("kind", room.kind.word)
    field("name", room.name)
    field("topic", room.topic)
    field("created_by", room.createdBy)
    field("created_at", room.createdAt)
    field("member_count", room.memberCount)
    field("last_seq", room.lastSeq)
  }

  /// A room as one user sees it: `with` is the other person of a direct room, `membership` is nil for those who are not in it.
  package mutating func room(_ room: Room, lastMessage: [UInt8]?, with other: User?, membership: Membership?) {
    object { json in
      json.members(of: room)
      json.field("last_message", raw: lastMessage)
      json.key("with")
      if let other { json.user(other) } else { json.null() }
      json.key("me")
      if let membership { json.membership(membership, lastSeq: room.lastSeq) } else { json.null() }
    }
  }

  /// What a room means to one of its members: `me`.
  package mutating func membership(_ me: Membership, lastSeq: Int64) {
    object { json in
      json.field("role", me.role.word)
      json.members(of: me.marks)
      json.field("unread", max(0, lastSeq - me.marks.readSeq))
      json.field("mentions", me.mentions)
      json.field("notify", me.notify.word)
      json.field("muted_until", me.mutedUntil)
    }
  }

  /// The data of `member_joined`, `member_updated` and `member_left`.
  package static func memberEvent(room: PublicID, user: User, role: Role, reason: String) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.key("user")
      json.user(user)
      json.field("role", role.word)
      json.field("reason", reason)
    }
  }

  /// The data of `room_created`, `room_updated` and `room_deleted`: no message, whose words would outlive it in the journal.
  package static func roomEvent(_ room: Room) -> [UInt8] {
    object { $0.members(of: room) }
  }

  /// The data of `message_deleted`.
  package static func messageDeletedEvent(room: PublicID, seq: Int64, by user: PublicID) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
      json.field("deleted_by", user)
    }
  }
}
