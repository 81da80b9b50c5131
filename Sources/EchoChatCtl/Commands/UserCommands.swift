// `echochatctl user …`: lists, shows and suspends accounts.
import Chat
import Domain

enum UserCommands {
  /// Accounts read at a time.
  private static let pageMax = 200

  static func run(_ arguments: [String]) throws {
    try DataDirectory.withChat { try run(arguments, $0) }
  }

  private static func run(_ arguments: [String], _ chat: Chat) throws {
    switch (arguments.first, arguments.count) {
    case ("list", 1):
      try list(chat)
    case ("show", 2):
      Command.print(description(try chat.account(arguments[1])))
    case ("suspend", 2):
      Command.print(try chat.suspend(arguments[1], by: Operator.actor) ? "suspended\n" : "was suspended already\n")
    case ("unsuspend", 2):
      Command.print(try chat.unsuspend(arguments[1], by: Operator.actor) ? "may sign in again\n" : "was not suspended\n")
    default:
      throw Failure.usage
    }
  }

  /// Prints one line per account: name, id, creation time and whether it is suspended.
  private static func list(_ chat: Chat) throws {
    var cursor: Int64 = 0
    while true {
      let page = try chat.accounts(after: cursor, limit: pageMax)
      for account in page {
        let suspended = account.suspendedAt == nil ? "" : "\tsuspended"
        Command.print("\(account.user.username)\t\(account.user.id.text)\t\(text(account.user.createdAt))\(suspended)\n")
      }
      guard page.count == pageMax, let last = page.last else { return }
      cursor = last.user.rowID.value
    }
  }

  private static func description(_ account: Account) -> String {
    """
    username      \(account.user.username)
    user_id       \(account.user.id.text)
    display name  \(account.user.displayName)
    e-mail        \(account.email ?? "-")
    since         \(text(account.user.createdAt))
    suspended     \(account.suspendedAt.map(text) ?? "no")
    sessions      \(account.sessions)
    rooms         \(account.rooms)

    """
  }

  private static func text(_ time: Timestamp) -> String {
    String(decoding: time.rfc3339, as: UTF8.self)
  }
}
