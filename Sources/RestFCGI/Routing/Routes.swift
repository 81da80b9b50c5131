// The table of all routes: the whole HTTP API.

enum Routes {
  static let table: [Route] = [
    .public(.get, "/healthz", HealthHandler.live),
    .public(.get, "/health", HealthHandler.live),
    .public(.get, "/readyz", HealthHandler.ready),
    .public(.get, "/metrics", HealthHandler.metrics),
    .public(.get, "/api/v1", HealthHandler.about),

    .public(.post, "/api/v1/auth/register", AccountsHandler.register),
    .public(.post, "/api/v1/auth/login", AccountsHandler.logIn),
    .public(.post, "/api/v1/auth/proxy", AccountsHandler.signInByProxy),
    .public(.post, "/api/v1/auth/refresh", AccountsHandler.refresh),
    .public(.post, "/api/v1/auth/revoke", SessionsHandler.revoke),
    .public(.post, "/api/v1/auth/logout", SessionsHandler.logOut),
    .authenticated(.get, "/api/v1/auth/me", UsersHandler.getMe),
    .public(.post, "/api/v1/auth/verify-email", AccountsHandler.verifyEmail),
    .authenticated(.post, "/api/v1/auth/verify-email/resend", AccountsHandler.resendVerification),
    .public(.post, "/api/v1/auth/password/forgot", AccountsHandler.forgotPassword),
    .public(.post, "/api/v1/auth/password/reset", AccountsHandler.resetPassword),
    .authenticated(.post, "/api/v1/auth/password/change", AccountsHandler.changePassword),
    .authenticated(.get, "/api/v1/auth/sessions", SessionsHandler.list),
    .authenticated(.delete, "/api/v1/auth/sessions", SessionsHandler.endOthers),
    .authenticated(.delete, "/api/v1/auth/sessions/{session_id}", SessionsHandler.end),
    .authenticated(.post, "/api/v1/auth/ws-ticket", SessionsHandler.createTicket),

    .authenticated(.get, "/api/v1/users", UsersHandler.list),
    // Before the paths with {user_id}, which would match "me" and "online".
    .authenticated(.get, "/api/v1/users/me", UsersHandler.getMe),
    .authenticated(.patch, "/api/v1/users/me", UsersHandler.updateMe),
    .authenticated(.delete, "/api/v1/users/me", UsersHandler.deleteMe),
    .authenticated(.put, "/api/v1/users/me/avatar", AvatarsHandler.put),
    .authenticated(.delete, "/api/v1/users/me/avatar", AvatarsHandler.delete),
    .authenticated(.get, "/api/v1/users/me/export", ExportHandler.export),
    .authenticated(.get, "/api/v1/users/me/badges", BadgesHandler.list),
    .authenticated(.get, "/api/v1/users/me/blocks", BlocksHandler.list),
    .authenticated(.get, "/api/v1/users/me/preferences", PreferencesHandler.get),
    .authenticated(.patch, "/api/v1/users/me/preferences", PreferencesHandler.update),
    .authenticated(.get, "/api/v1/users/me/invitations", InvitationsHandler.list),
    .authenticated(.post, "/api/v1/users/me/invitations/{room_id}/accept", InvitationsHandler.accept),
    .authenticated(.post, "/api/v1/users/me/invitations/{room_id}/decline", InvitationsHandler.decline),
    .authenticated(.get, "/api/v1/users/me/saved", SavedMessagesHandler.list),
    .authenticated(.put, "/api/v1/users/me/saved/{room_id}/{seq}", SavedMessagesHandler.put),
    .authenticated(.delete, "/api/v1/users/me/saved/{room_id}/{seq}", SavedMessagesHandler.delete),
    .authenticated(.get, "/api/v1/users/online", UsersHandler.online),
    .authenticated(.get, "/api/v1/users/{user_id}", UsersHandler.get),
    .authenticated(.get, "/api/v1/users/{user_id}/avatar", AvatarsHandler.get),
    .authenticated(.put, "/api/v1/users/{user_id}/block", BlocksHandler.put),
    .authenticated(.delete, "/api/v1/users/{user_id}/block", BlocksHandler.delete),

    .authenticated(.get, "/api/v1/rooms", RoomsHandler.list),
    .authenticated(.post, "/api/v1/rooms", RoomsHandler.create),
    .authenticated(.get, "/api/v1/rooms/public", RoomsHandler.directory),
    .authenticated(.get, "/api/v1/rooms/{room_id}", RoomsHandler.get),
    .authenticated(.patch, "/api/v1/rooms/{room_id}", RoomsHandler.update),
    .authenticated(.delete, "/api/v1/rooms/{room_id}", RoomsHandler.delete),

    .authenticated(.post, "/api/v1/rooms/{room_id}/join", MembersHandler.join),
    .authenticated(.post, "/api/v1/rooms/{room_id}/leave", MembersHandler.leave),
    .authenticated(.get, "/api/v1/rooms/{room_id}/members", MembersHandler.list),
    .authenticated(.put, "/api/v1/rooms/{room_id}/members/{user_id}", MembersHandler.put),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/members/{user_id}", MembersHandler.remove),

    .authenticated(.put, "/api/v1/rooms/{room_id}/markers", MarkersHandler.update),
    .authenticated(.put, "/api/v1/rooms/{room_id}/unread", MarkersHandler.markUnread),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/unread", MarkersHandler.unmarkUnread),
    .authenticated(.put, "/api/v1/rooms/{room_id}/draft", DraftsHandler.put),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/draft", DraftsHandler.delete),
    .authenticated(.get, "/api/v1/rooms/{room_id}/pins", PinsHandler.list),
    .authenticated(.put, "/api/v1/rooms/{room_id}/pins/{seq}", PinsHandler.put),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/pins/{seq}", PinsHandler.delete),
    .authenticated(.put, "/api/v1/rooms/{room_id}/notify", NotificationSettingsHandler.update),
    .authenticated(.get, "/api/v1/rooms/{room_id}/bans", BansHandler.list),
    .authenticated(.get, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.get),
    .authenticated(.put, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.put),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.delete),
    .authenticated(.get, "/api/v1/rooms/{room_id}/invites", InvitesHandler.list),
    .authenticated(.post, "/api/v1/rooms/{room_id}/invites", InvitesHandler.create),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/invites/{code}", InvitesHandler.revoke),
    .public(.get, "/api/v1/invites/{code}", InvitesHandler.preview),
    .authenticated(.post, "/api/v1/invites/{code}/accept", InvitesHandler.accept),
    .authenticated(.get, "/api/v1/rooms/{room_id}/reports", ReportsHandler.list),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/reports/{seq}", ReportsHandler.resolve),

    .authenticated(.get, "/api/v1/rooms/{room_id}/messages", MessagesHandler.list),
    .authenticated(.post, "/api/v1/rooms/{room_id}/messages", MessagesHandler.post),
    .authenticated(.get, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.get),
    .authenticated(.patch, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.edit),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.delete),
    .authenticated(.put, "/api/v1/rooms/{room_id}/messages/{seq}/reactions/{emoji}", ReactionsHandler.add),
    .authenticated(.delete, "/api/v1/rooms/{room_id}/messages/{seq}/reactions/{emoji}", ReactionsHandler.remove),
    .authenticated(.get, "/api/v1/rooms/{room_id}/messages/{seq}/replies", MessagesHandler.replies),
    .authenticated(.get, "/api/v1/rooms/{room_id}/messages/{seq}/receipts", MessagesHandler.receipts),
    .authenticated(.post, "/api/v1/rooms/{room_id}/messages/{seq}/report", ReportsHandler.create),

    .authenticated(.post, "/api/v1/files", FilesHandler.create),
    .authenticated(.get, "/api/v1/files/{file_id}", FilesHandler.get),
    .authenticated(.delete, "/api/v1/files/{file_id}", FilesHandler.delete),
    .authenticated(.get, "/api/v1/files/{file_id}/thumbnail", FilesHandler.thumbnail),

    .authenticated(.get, "/api/v1/search/messages", SearchHandler.messages),

    .operators(.get, "/api/v1/admin/users", AdminUsersHandler.list),
    .operators(.post, "/api/v1/admin/users", AdminUsersHandler.create),
    .operators(.get, "/api/v1/admin/users/{user_id}", AdminUsersHandler.get),
    .operators(.patch, "/api/v1/admin/users/{user_id}", AdminUsersHandler.update),
    .operators(.delete, "/api/v1/admin/users/{user_id}", AdminUsersHandler.delete),
    .operators(.put, "/api/v1/admin/users/{user_id}/suspension", AdminUsersHandler.suspend),
    .operators(.delete, "/api/v1/admin/users/{user_id}/suspension", AdminUsersHandler.unsuspend),
    .operators(.put, "/api/v1/admin/users/{user_id}/operator", AdminUsersHandler.makeOperator),
    .operators(.delete, "/api/v1/admin/users/{user_id}/operator", AdminUsersHandler.unmakeOperator),
    .operators(.put, "/api/v1/admin/users/{user_id}/password", AdminUsersHandler.setPassword),
    .operators(.post, "/api/v1/admin/users/{user_id}/password-link", AdminUsersHandler.makePasswordLink),
    .operators(.get, "/api/v1/admin/users/{user_id}/sessions", AdminSessionsHandler.list),
    .operators(.delete, "/api/v1/admin/users/{user_id}/sessions", AdminSessionsHandler.endAll),
    .operators(.delete, "/api/v1/admin/users/{user_id}/sessions/{session_id}", AdminSessionsHandler.end),
    .operators(.get, "/api/v1/admin/rooms", AdminRoomsHandler.list),
    .operators(.get, "/api/v1/admin/rooms/{room_id}", AdminRoomsHandler.get),
    .operators(.patch, "/api/v1/admin/rooms/{room_id}", AdminRoomsHandler.update),
    .operators(.delete, "/api/v1/admin/rooms/{room_id}", AdminRoomsHandler.delete),
    .operators(.get, "/api/v1/admin/rooms/{room_id}/members", AdminRoomsHandler.members),
    .operators(.post, "/api/v1/admin/rooms/{room_id}/messages", AdminRoomsHandler.say),
    .operators(.get, "/api/v1/admin/rooms/{room_id}/messages/{seq}", AdminRoomsHandler.message),
    .operators(.delete, "/api/v1/admin/rooms/{room_id}/messages/{seq}", AdminRoomsHandler.deleteMessage),
    .operators(.get, "/api/v1/admin/reports", AdminRoomsHandler.reports),
    .operators(.delete, "/api/v1/admin/rooms/{room_id}/reports/{seq}", AdminRoomsHandler.resolveReports),
    .operators(.get, "/api/v1/admin/registration-codes", RegistrationCodesHandler.list),
    .operators(.post, "/api/v1/admin/registration-codes", RegistrationCodesHandler.create),
    .operators(.delete, "/api/v1/admin/registration-codes/{code}", RegistrationCodesHandler.revoke),

    .authenticated(.get, "/api/v1/sync", SyncHandler.snapshot),
    // Answered by the push daemon.
    .public(.get, "/api/v1/events", EventStreamHandler.misrouted),
  ]

  /// Whether clients of OAuth 2 know the path of a request target: their refusals bear what these clients read.
  static func isTokenEndpoint(_ target: [UInt8]) -> Bool {
    tokenEndpoints.contains { target.starts(with: $0) && (target.count == $0.count || target[$0.count] == UInt8(ascii: "?")) }
  }

  /// Whether the body of a request is a file, or a form with one.
  static func isUpload(_ parameters: FastCGIParameters) -> Bool {
    let target = parameters.target.prefix { $0 != UInt8(ascii: "?") }
    return uploads.contains { target.elementsEqual($0.path) && parameters[.requestMethod] == $0.method.rawValue }
  }

  private static let uploads: [(method: Method, path: [UInt8])] = [
    (.post, Array("/api/v1/files".utf8)), (.put, Array("/api/v1/users/me/avatar".utf8)),
  ]

  private static let tokenEndpoints = ["login", "refresh", "revoke"].map { Array("/api/v1/auth/\($0)".utf8) }
}
