// Entries of the audit, in JSON.
public import Domain

extension JSONWriter {
  /// An entry as an operator reads it.
  public mutating func auditEntry(_ entry: AuditEntry) {
    object { json in
      json.field("at", entry.at)
      json.field("action", entry.action)
      let (kind, name): (String, String?) =
        switch entry.actor {
        case .user(let username): ("user", username)
        case .commandLine(let name): ("command_line", name)
        case .service: ("service", nil)
        case .nobody: ("nobody", nil)
        }
      json.field("actor_kind", kind)
      json.field("actor", name)
      json.field("username", entry.user)
      json.place(of: entry)
      json.field("address", entry.address)
      json.field("detail", entry.detail)
      json.field("count", entry.count)
    }
  }

  /// An entry by or about a user, as they read it in their export: without the names and addresses of others who did something to them.
  public mutating func ownAuditEntry(_ entry: AuditEntry, of user: User) {
    object { json in
      json.field("at", entry.at)
      json.field("action", entry.action)
      let actor =
        switch entry.actor {
        case .user(user.username): "self"
        case .user: "other_user"
        case .commandLine: "operator"
        case .service: "service"
        case .nobody: "nobody"
        }
      json.field("actor", actor)
      json.field("username", entry.user)
      json.place(of: entry)
      json.field("address", actor == "self" || actor == "nobody" ? entry.address : nil)
      json.field("detail", entry.detail)
      json.field("count", entry.count)
    }
  }

  private mutating func place(of entry: AuditEntry) {
    field("room_id", entry.room?.text)
    field("seq", entry.seq)
  }
}
