// User names that nobody can register, since a message from them would pass for one from the service.

extension Username {
  /// Registration asks; an operator may give these names, and who has one already keeps it.
  public var isReserved: Bool { Self.reserved.contains(text) }

  /// Throws if the name is reserved.
  public func checkNotReserved(field: String = "username") throws(ChatError) {
    guard !isReserved else { throw .invalid(field, "reserved", "This user name is reserved.") }
  }

  private static let reserved: Set<String> = [
    // The service and who runs it.
    "admin", "administrator", "admins", "daemon", "echo-chat", "echo.chat", "echo_chat", "echochat", "mod", "moderator", "moderators",
    "official", "operator", "operators", "owner", "root", "server", "service", "staff", "superuser", "sysadmin", "system",
    // Where users turn to with questions, and the mailboxes of RFC 2142.
    "abuse", "billing", "help", "helpdesk", "hostmaster", "info", "mailer-daemon", "no-reply", "no_reply", "noreply", "noc", "postmaster",
    "security", "support", "webmaster",
    // Words after an @ that address everybody.
    "all", "channel", "everybody", "everyone", "group", "here", "online", "room",
    // Words that stand for no user.
    "anonymous", "deleted", "deleted-user", "deleted_user", "nobody", "null", "undefined", "unknown",
  ]
}
