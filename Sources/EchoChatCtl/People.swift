// What the operator does about people and rooms: `user …` and `room …`.
import Chat
import Domain
import Glibc
import Posix
import SQL
import Store

enum People {
  private static let pageMax = 200

  static func user(_ arguments: [String]) throws {
    let chat = try openChat()
    defer { chat.stop() }
    switch (arguments.first, arguments.count) {
    case ("list", 1):
      try list(chat)
    case ("show", 2):
      Command.say(description(try chat.account(arguments[1])))
    case ("suspend", 2):
      Command.say(try chat.suspend(arguments[1]) ? "suspended\n" : "was suspended already\n")
    case ("unsuspend", 2):
      Command.say(try chat.unsuspend(arguments[1]) ? "may sign in again\n" : "was not suspended\n")
    default:
      throw Failure.usage
    }
  }

  static func room(_ arguments: [String]) throws {
    let chat = try openChat()
    defer { chat.stop() }
    switch (arguments.first, arguments.count, arguments.last) {
    case ("default", 2, let name?):
      try setDefault(true, name, chat)
    case ("default", 3, "--make"):
      try setDefault(true, try chat.createPublicRoom(name: arguments[1]).text, chat)
    case ("default", 3, "--off"):
      try setDefault(false, arguments[1], chat)
    case ("owner", 3, let username?):
      Command.say("\(username) owns \(try chat.setOwner(username, room: arguments[1]).id.text)\n")
    default:
      throw Failure.usage
    }
  }

  private static func setDefault(_ isDefault: Bool, _ nameOrID: String, _ chat: Chat) throws {
    let room = try chat.setDefault(isDefault, room: nameOrID)
    Command.say("\(room.id.text) (\(room.name ?? "")) \(isDefault ? "takes" : "no longer takes") in every new user\n")
  }

  /// One line an account: name, id, since when, and whether she is suspended.
  private static func list(_ chat: Chat) throws {
    var cursor: Int64 = 0
    while true {
      let page = try chat.accounts(after: cursor, limit: pageMax)
      for account in page {
        let suspended = account.suspendedAt == nil ? "" : "\tsuspended"
        Command.say("\(account.user.username)\t\(account.user.id.text)\t\(text(account.user.createdAt))\(suspended)\n")
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

  /// The chat of the data directory, which must be there: a wrong ECHOCHAT_DATA is not to make a new one.
  private static func openChat() throws -> Chat {
    let settings = try Settings.fromEnvironment()
    guard access(settings.databasePath, F_OK) == 0 else {
      throw Failure("there is no database at \(settings.databasePath): is ECHOCHAT_DATA right?")
    }
    umask(0o077)
    return try Chat(settings: settings)
  }
}
