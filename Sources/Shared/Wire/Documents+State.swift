// How far people have got, what they react with, and how loud a room is, in JSON.
package import Domain

extension JSONWriter {
  /// Writes the three marks into the object that is open.
  package mutating func members(of marks: ReadMarkers) {
    field("delivered_seq", marks.deliveredSeq)
    field("preview_seq", marks.previewSeq)
    field("read_seq", marks.readSeq)
  }

  package mutating func field(_ name: StaticString, _ ids: [PublicID]) {
    key(name)
    array { json in
      for id in ids { json.string(id.text) }
    }
  }

  mutating func reactions(_ reactions: Reactions) {
    object { json in
      for (emoji, users) in reactions.byEmoji {
        json.key(text: emoji)
        json.array { json in
          for id in users { json.string(id.text) }
        }
      }
    }
  }

  /// `me` of a room, as bytes.
  package static func membership(_ me: Membership, lastSeq: Int64) -> [UInt8] {
    var writer = JSONWriter()
    writer.membership(me, lastSeq: lastSeq)
    return writer.bytes
  }

  /// The data of `receipt`.
  package static func receiptEvent(room: PublicID, user: PublicID, _ marks: ReadMarkers) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("user_id", user)
      json.members(of: marks)
    }
  }

  /// The data of a `member_updated` that is for the member's own devices: with `me`.
  package static func ownMembershipEvent(room: PublicID, user: User, _ me: Membership, lastSeq: Int64, reason: String) -> [UInt8] {
    object(reservingBytes: 640) { json in
      json.field("room_id", room)
      json.key("user")
      json.user(user)
      json.field("role", me.role.word)
      json.field("reason", reason)
      json.key("me")
      json.membership(me, lastSeq: lastSeq)
    }
  }

  /// The data of `reaction_added` and `reaction_removed`.
  package static func reactionEvent(room: PublicID, seq: Int64, emoji: Emoji, user: PublicID) -> [UInt8] {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
      json.field("emoji", emoji.text)
      json.field("user_id", user)
    }
  }
}
