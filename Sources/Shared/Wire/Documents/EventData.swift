// The `data` of events in the journal, in JSON.
public import Domain

extension JSONWriter {
  /// The data of `room_created`, `room_updated` and `room_deleted`. No message is included: its text would outlive it in the journal.
  public static func roomEvent(_ room: Room) -> [UInt8] {
    object { $0.fields(of: room) }
  }

  /// The data of `member_joined`, `member_updated` and `member_left`.
  public static func memberEvent(room: PublicID, user: User, role: Role, reason: String) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.key("user")
      json.user(user)
      json.field("role", role.word)
      json.field("reason", reason)
    }
  }

  /// The data of a `member_updated` that is for the member's own devices: with `me`.
  public static func ownMembershipEvent(room: PublicID, user: User, _ membership: Membership, reason: String) -> [UInt8] {
    object(reservingBytes: 640) { json in
      json.field("room_id", room)
      json.key("user")
      json.user(user)
      json.field("role", membership.role.word)
      json.field("reason", reason)
      json.key("me")
      json.membership(membership)
    }
  }

  /// The data of `receipt`.
  public static func receiptEvent(room: PublicID, user: PublicID, _ markers: ReadMarkers) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("user_id", user)
      json.fields(of: markers)
    }
  }

  /// The data of `message_deleted`.
  public static func messageDeletedEvent(room: PublicID, seq: Int64, by user: PublicID) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
      json.field("deleted_by", user)
    }
  }

  /// The data of `messages_expired`.
  public static func messagesExpiredEvent(room: PublicID, firstSeq: Int64) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("first_seq", firstSeq)
    }
  }

  /// The data of `message_pinned` and `message_unpinned`.
  public static func pinEvent(room: PublicID, seq: Int64, user: PublicID) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
      json.field("user_id", user)
    }
  }

  /// The data of `message_saved` and `message_unsaved`.
  public static func savedEvent(room: PublicID, seq: Int64) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
    }
  }

  /// The data of `reaction_added` and `reaction_removed`.
  public static func reactionEvent(room: PublicID, seq: Int64, emoji: Emoji, user: PublicID) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
      json.field("emoji", emoji.text)
      json.field("user_id", user)
    }
  }
}
