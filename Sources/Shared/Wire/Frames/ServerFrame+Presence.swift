// Presence frames: changes by name, or how many members of a room are online.
public import Domain

extension ServerFrame {
  /// One of the `changes` of a presence frame: encoded once and copied into every frame that contains it.
  public static func presenceChange(_ user: PublicID, _ presence: Presence) -> [UInt8] {
    JSONWriter.object(reservingBytes: 112) { json in
      json.field("user_id", user)
      json.field("state", presence.state.word)
      json.field("last_seen_at", presence.lastSeenAt)
    }
  }

  /// `{"changes":[…]}`: encoded changes of users in rooms that get names.
  public static func presence(_ changes: some Sequence<[UInt8]>) -> [UInt8] {
    JSONWriter.object(reservingBytes: 1024) { json in
      json.field(event: .presence)
      json.key("data")
      json.object { json in
        json.key("changes")
        json.array { json in
          for change in changes { json.raw(change) }
        }
      }
    }
  }

  /// `{"changes":[],"room_id":…,"online":N}`: the online count of a large room. A client that does not know counts sees no changes.
  public static func presence(inRoom room: PublicID, online count: Int) -> [UInt8] {
    JSONWriter.object { json in
      json.field(event: .presence)
      json.key("data")
      json.object { json in
        json.key("changes")
        json.array { _ in }
        json.field("room_id", room)
        json.field("online", Int64(count))
      }
    }
  }
}
