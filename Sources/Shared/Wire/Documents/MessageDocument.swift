// Messages, and what is attached to them, in JSON.
public import Domain

extension JSONWriter {
  public mutating func message(_ message: Message) {
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
      json.array { json in
        for file in message.attachments { json.file(file) }
      }
      json.field("mentions", message.mentions)
      json.key("reactions")
      json.reactions(message.reactions)
      json.field("created_at", message.createdAt)
      json.field("edited_at", message.editedAt)
      json.field("deleted", message.deleted)
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

  /// A page of history. Its messages are already JSON: they are copied, not composed.
  public static func messagePage(_ page: MessagePage) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(page.json.count + 64)
    bytes += "{\"messages\":[".utf8
    bytes += page.json
    bytes += (page.hasBefore ? "],\"has_before\":true" : "],\"has_before\":false").utf8
    bytes += (page.hasAfter ? ",\"has_after\":true}" : ",\"has_after\":false}").utf8
    return bytes
  }

  public mutating func pinnedMessage(_ pinned: PinnedMessage) {
    object { json in
      json.field("message", raw: pinned.json)
      json.field("pinned_by", pinned.pinnedBy)
      json.field("pinned_at", pinned.pinnedAt)
    }
  }

  public mutating func savedMessage(_ saved: SavedMessage) {
    object { json in
      json.field("message", raw: saved.json)
      json.field("saved_at", saved.savedAt)
    }
  }

  public mutating func receipt(_ receipt: Receipt) {
    object { json in
      json.field("user_id", receipt.user)
      json.field("state", receipt.state?.word ?? "sent")
      json.field("at", receipt.at)
    }
  }

  public mutating func report(_ report: Report) {
    object { $0.fields(of: report) }
  }

  mutating func fields(of report: Report) {
    field("seq", report.seq)
    key("reporter")
    user(report.reporter)
    field("reason", report.reason)
    field("created_at", report.createdAt)
    field("message", raw: report.message)
  }

  /// What somebody who reports a message receives.
  public mutating func reportReceived(room: String, seq: Int64) {
    object { json in
      json.field("room_id", room)
      json.field("seq", seq)
    }
  }

  /// A message that a search found, with the parts of its text that match.
  public mutating func searchHit(message: [UInt8], highlights: [(text: String, isHit: Bool)]) {
    object { json in
      json.field("message", raw: message)
      json.key("highlights")
      json.array { json in
        for part in highlights {
          json.object { json in
            json.field("text", part.text)
            json.field("hit", part.isHit)
          }
        }
      }
    }
  }
}
