// Signed-in devices.
import Chat
import Domain
import Wire

enum SessionsHandler {
  /// Ends the session of the access token; in a browser whose access token has expired, that of the refresh cookie.
  static func logOut(_ call: Call) throws -> Response {
    let hasCookie = RefreshCookie.token(in: call.request[.cookie]) != nil
    let done = hasCookie ? Response.noContent.with("Set-Cookie", RefreshCookie.clearing(call.chat)) : .noContent
    do {
      try call.chat.logOut(try Authentication.principal(of: call.request, call.chat))
    } catch let refusal as ChatError where refusal.code == .unauthenticated || refusal.code == .tokenExpired {
      guard let token = try RefreshCookie.guardedToken(of: call.request) else { throw refusal }
      // A cookie whose session has ended already leaves nothing to do.
      if let principal = try call.chat.principal(ofRefreshToken: token) { try call.chat.logOut(principal) }
    }
    return done
  }

  /// The one used last comes first.
  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .sessions)
    let devices = try call.chat.sessions(of: principal).filter { device in
      guard let cursor else { return true }
      return (device.usedAt.milliseconds, device.rowID.value) < (cursor.numbers[0], cursor.numbers[1])
    }
    return .list(devices, limit: limit, cursor: { Cursor(.sessions, $0.usedAt.milliseconds, $0.rowID.value) }) { json, device in
      json.device(device, isCurrent: device.rowID == principal.session)
    }
  }

  static func end(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.endSession(call.part(0), by: principal)
    return .noContent
  }

  /// A ticket for `/ws?ticket=`.
  static func makeTicket(_ call: Call, _ principal: Principal) throws -> Response {
    let ticket = try call.chat.issueTicket(for: principal)
    let body = JSONWriter.object { json in
      json.field("ticket", ticket)
      json.field("expires_in", Chat.ticketSeconds)
    }
    return Response(status: 200, body: body)
  }
}

extension JSONWriter {
  mutating func device(_ device: Session, isCurrent: Bool) {
    object { json in
      json.field("session_id", device.id)
      json.field("user_agent", device.userAgent)
      json.field("created_at", device.createdAt)
      json.field("used_at", device.usedAt)
      json.field("expires_at", device.expiresAt)
      json.field("current", isCurrent)
    }
  }
}
