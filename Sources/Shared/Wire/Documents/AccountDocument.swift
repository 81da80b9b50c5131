// What users receive about their own account, in JSON.
public import Domain

extension JSONWriter {
  /// The tokens of a session. The refresh token is left out when it travels in a cookie.
  public mutating func signIn(_ signIn: SignIn, withRefreshToken: Bool) {
    object { json in
      json.key("user")
      json.user(signIn.user)
      json.field("access_token", signIn.accessToken)
      json.field("token_type", "bearer")
      json.field("expires_in", signIn.expiresInSeconds)
      if withRefreshToken { json.field("refresh_token", signIn.refreshToken) }
    }
  }

  public mutating func session(_ session: Session, isCurrent: Bool) {
    object { json in
      json.field("session_id", session.id)
      json.field("device_name", session.readableName)
      json.field("user_agent", session.userAgent)
      json.field("address", session.address)
      json.field("created_at", session.createdAt)
      json.field("last_seen_at", session.seenAt)
      json.field("used_at", session.usedAt)
      json.field("expires_at", session.expiresAt)
      json.field("current", isCurrent)
    }
  }

  /// The data of `preferences_updated`, and what a client reads and puts.
  public mutating func preferences(addedBy: AddedBy) {
    object { $0.field("added_by", addedBy.word) }
  }

  /// The same, as bytes.
  public static func preferences(addedBy: AddedBy) -> [UInt8] {
    object { $0.field("added_by", addedBy.word) }
  }

  /// A ticket that opens one WebSocket connection.
  public mutating func ticket(_ ticket: String, expiresInSeconds: Int64) {
    object { json in
      json.field("ticket", ticket)
      json.field("expires_in", expiresInSeconds)
    }
  }

  /// One page of an export. Only the first page has the account itself.
  public mutating func exportPage(
    of user: User, _ account: AccountExport?, currentSession: SessionRowID, messages: [AuthoredMessage], nextCursor: String?
  ) {
    object { json in
      if let account { json.fields(of: user, account, currentSession) }
      json.key("messages")
      json.array { json in
        for message in messages { json.raw(message.json) }
      }
      json.field("next_cursor", nextCursor)
    }
  }

  private mutating func fields(of user: User, _ account: AccountExport, _ currentSession: SessionRowID) {
    key("user")
    self.user(user)
    if let own = account.own { fields(of: own) }
    key("devices")
    array { json in
      for device in account.devices {
        json.object { json in
          json.field("first_seen_at", device.firstSeenAt)
          json.field("last_seen_at", device.lastSeenAt)
        }
      }
    }
    key("host_identity")
    if let identity = account.hostIdentity {
      object { json in
        json.field("issuer", identity.issuer)
        json.field("subject", identity.subject)
      }
    } else {
      null()
    }
    key("sessions")
    array { json in
      for session in account.sessions { json.session(session, isCurrent: session.rowID == currentSession) }
    }
    key("rooms")
    array { json in
      for room in account.rooms { json.roomView(room) }
    }
    key("blocks")
    array { json in
      for block in account.blocks { json.block(block) }
    }
    key("audit")
    array { json in
      for entry in account.audit { json.ownAuditEntry(entry, of: user) }
    }
    key("files")
    array { json in
      for file in account.files { json.ownFile(file) }
    }
    key("mails")
    array { json in
      for mail in account.mails { json.mail(mail) }
    }
    key("saved")
    array { json in
      for place in account.saved { json.savedPlace(place) }
    }
  }

  private mutating func mail(_ mail: MailRecord) {
    object { json in
      json.field("kind", mail.kind)
      json.field("state", mail.state.word)
      json.field("created_at", mail.createdAt)
      json.field("ended_at", mail.state == .waiting ? nil : mail.dueAt)
    }
  }

  private mutating func savedPlace(_ place: SavedPlace) {
    object { json in
      json.field("room_id", place.roomID)
      json.field("seq", place.seq)
      json.field("saved_at", place.savedAt)
    }
  }
}
