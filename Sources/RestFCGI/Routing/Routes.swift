// The whole HTTP API.

enum Routes {
  static let table: [Route] = [
    .open(.get, "/healthz", HealthHandler.alive),
    .open(.get, "/readyz", HealthHandler.ready),
    .open(.get, "/api/v1", HealthHandler.about),

    .open(.post, "/api/v1/auth/register", AccountsHandler.register),
    .open(.post, "/api/v1/auth/login", AccountsHandler.logIn),
    .open(.post, "/api/v1/auth/refresh", AccountsHandler.refresh),
    .open(.post, "/api/v1/auth/logout", SessionsHandler.logOut),
    .signedIn(.get, "/api/v1/auth/me", AccountsHandler.me),
    .signedIn(.post, "/api/v1/auth/password/change", AccountsHandler.changePassword),
    .signedIn(.get, "/api/v1/auth/sessions", SessionsHandler.list),
    .signedIn(.delete, "/api/v1/auth/sessions/{session_id}", SessionsHandler.end),
    .signedIn(.post, "/api/v1/auth/ws-ticket", SessionsHandler.makeTicket),

    .signedIn(.get, "/api/v1/users", UsersHandler.list),
    // These stand before the users' own paths, of which "me" would be one.
    .signedIn(.get, "/api/v1/users/me", AccountsHandler.me),
    .signedIn(.patch, "/api/v1/users/me", UsersHandler.updateMe),
    .signedIn(.delete, "/api/v1/users/me", UsersHandler.deleteMe),
    .signedIn(.get, "/api/v1/users/me/export", ExportHandler.export),
    .signedIn(.get, "/api/v1/users/me/badges", StandingHandler.badges),
    .signedIn(.get, "/api/v1/users/me/blocks", BlocksHandler.list),
    .signedIn(.get, "/api/v1/users/online", UsersHandler.online),
    .signedIn(.get, "/api/v1/users/{user_id}", UsersHandler.get),
    .signedIn(.put, "/api/v1/users/{user_id}/block", BlocksHandler.put),
    .signedIn(.delete, "/api/v1/users/{user_id}/block", BlocksHandler.delete),

    .signedIn(.get, "/api/v1/rooms", RoomsHandler.list),
    .signedIn(.post, "/api/v1/rooms", RoomsHandler.make),
    .signedIn(.get, "/api/v1/rooms/public", RoomsHandler.directory),
    .signedIn(.get, "/api/v1/rooms/{room_id}", RoomsHandler.get),
    .signedIn(.patch, "/api/v1/rooms/{room_id}", RoomsHandler.update),
    .signedIn(.delete, "/api/v1/rooms/{room_id}", RoomsHandler.delete),

    .signedIn(.post, "/api/v1/rooms/{room_id}/join", MembersHandler.join),
    .signedIn(.post, "/api/v1/rooms/{room_id}/leave", MembersHandler.leave),
    .signedIn(.get, "/api/v1/rooms/{room_id}/members", MembersHandler.list),
    .signedIn(.put, "/api/v1/rooms/{room_id}/members/{user_id}", MembersHandler.put),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/members/{user_id}", MembersHandler.remove),

    .signedIn(.put, "/api/v1/rooms/{room_id}/markers", StandingHandler.mark),
    .signedIn(.put, "/api/v1/rooms/{room_id}/notify", StandingHandler.setNotify),
    .signedIn(.get, "/api/v1/rooms/{room_id}/bans", BansHandler.list),
    .signedIn(.get, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.get),
    .signedIn(.put, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.put),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/bans/{user_id}", BansHandler.delete),
    .signedIn(.get, "/api/v1/rooms/{room_id}/invites", InvitesHandler.list),
    .signedIn(.post, "/api/v1/rooms/{room_id}/invites", InvitesHandler.make),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/invites/{code}", InvitesHandler.revoke),
    .signedIn(.post, "/api/v1/invites/{code}/accept", InvitesHandler.accept),
    .signedIn(.get, "/api/v1/rooms/{room_id}/reports", ReportsHandler.list),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/reports/{seq}", ReportsHandler.settle),

    .signedIn(.get, "/api/v1/rooms/{room_id}/messages", MessagesHandler.page),
    .signedIn(.post, "/api/v1/rooms/{room_id}/messages", MessagesHandler.post),
    .signedIn(.get, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.get),
    .signedIn(.patch, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.edit),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/messages/{seq}", MessagesHandler.delete),
    .signedIn(.put, "/api/v1/rooms/{room_id}/messages/{seq}/reactions/{emoji}", ReactionsHandler.add),
    .signedIn(.delete, "/api/v1/rooms/{room_id}/messages/{seq}/reactions/{emoji}", ReactionsHandler.remove),
    .signedIn(.get, "/api/v1/rooms/{room_id}/messages/{seq}/receipts", MessagesHandler.receipts),
    .signedIn(.post, "/api/v1/rooms/{room_id}/messages/{seq}/report", ReportsHandler.report),

    .signedIn(.get, "/api/v1/search/messages", SearchHandler.messages),

    .signedIn(.get, "/api/v1/sync", SyncHandler.snapshot),
  ]
}
