// What operators receive, over REST and from the command line, in JSON.
public import Domain

extension JSONWriter {
  public mutating func account(_ account: Account) {
    object { json in
      json.fields(of: account.user)
      json.field("email", account.email)
      json.field("suspended_at", account.suspendedAt)
      json.field("operator", account.isOperator)
      json.field("system", account.isSystem)
      json.field("sessions", account.sessions)
      json.field("rooms", account.rooms)
    }
  }

  public mutating func passwordLink(_ link: PasswordLink) {
    object { json in
      json.field("url", link.url)
      json.field("expires_at", link.expiresAt)
    }
  }

  public mutating func administeredRoom(_ room: AdministeredRoom) {
    object { json in
      json.fields(of: room.room)
      json.field("default", room.isDefault)
    }
  }

  /// A report with its room.
  public mutating func administeredReport(_ report: Report) {
    object { json in
      json.field("room_id", report.roomID)
      json.fields(of: report)
    }
  }

  /// How many sessions an operator has ended.
  public mutating func endedSessions(_ count: Int) {
    object { $0.field("ended", Int64(count)) }
  }
}
