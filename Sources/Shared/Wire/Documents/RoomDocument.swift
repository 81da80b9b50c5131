// Writes rooms, memberships and badges as JSON.
public import Domain

extension JSONWriter {
  /// Writes what every viewer sees of a room into the open object.
  public mutating func fields(of room: Room) {
    field("room_id", room.id)
    field("kind", room.kind.word)
    field("name", room.name)
    field("topic", room.topic)
    field("created_by", room.createdBy)
    field("created_at", room.createdAt)
    field("member_count", room.memberCount)
    field("first_seq", room.firstSeq)
    field("last_seq", room.lastSeq)
    field("retention_seconds", room.retention?.seconds)
  }

  /// A room as one user sees it. `with` is the other user of a direct room; `me` is null for those who are not members. `invited` are those
  /// who were invited when it was created, if there are any.
  public mutating func roomView(_ view: RoomView, invited: [PublicID] = []) {
    object { json in
      json.fields(of: view.room)
      if !invited.isEmpty { json.field("invited", invited) }
      json.field("last_message", raw: view.lastMessage)
      json.key("with")
      if let other = view.other { json.user(other) } else { json.null() }
      json.key("me")
      if let membership = view.membership {
        json.object { json in
          json.fields(of: membership)
          json.key("draft")
          if let draft = view.draft { json.object { $0.fields(of: draft) } } else { json.null() }
        }
      } else {
        json.null()
      }
    }
  }

  /// `me`: the member's own view of a room.
  public mutating func membership(_ membership: Membership) {
    object { $0.fields(of: membership) }
  }

  private mutating func fields(of membership: Membership) {
    field("role", membership.role.word)
    fields(of: membership.markers)
    field("unread", membership.unread)
    field("marked_unread_seq", membership.markedUnreadSeq)
    field("mentions", membership.mentions)
    field("notify", membership.notify.word)
    field("muted_until", membership.mutedUntil)
  }

  /// A draft, as its room's member receives and stores it; also the data of `draft_updated`.
  public static func draft(_ draft: Draft, in room: String) -> [UInt8] {
    object(reservingBytes: 192 + draft.content.utf8.count) { json in
      json.field("room_id", room)
      json.fields(of: draft)
    }
  }

  private mutating func fields(of draft: Draft) {
    field("content", draft.content)
    field("reply_to", draft.replyTo)
    field("updated_at", draft.updatedAt)
  }

  /// `me`, as bytes.
  public static func membership(_ membership: Membership) -> [UInt8] {
    var writer = JSONWriter()
    writer.membership(membership)
    return writer.bytes
  }

  /// Writes the three read markers into the open object.
  public mutating func fields(of markers: ReadMarkers) {
    field("delivered_seq", markers.deliveredSeq)
    field("preview_seq", markers.previewSeq)
    field("read_seq", markers.readSeq)
  }

  /// The rooms with a badge, and their totals.
  public mutating func badges(_ badges: [Badge]) {
    object { json in
      json.field("unread", badges.reduce(0) { $0 + $1.unread })
      json.field("mentions", badges.reduce(0) { $0 + $1.mentions })
      json.key("rooms")
      json.array { json in
        for badge in badges {
          json.object { json in
            json.field("room_id", badge.room)
            json.field("unread", badge.unread)
            json.field("mentions", badge.mentions)
          }
        }
      }
    }
  }
}
