// `echochatctl room …`: default rooms, and owners of rooms.
import Chat
import Domain

enum RoomCommands {
  static func run(_ arguments: [String]) throws {
    try DataDirectory.withChat { try run(arguments, $0) }
  }

  private static func run(_ arguments: [String], _ chat: Chat) throws {
    switch (arguments.first, arguments.count, arguments.last) {
    case ("default", 2, let name?):
      try setDefault(true, name, chat)
    case ("default", 3, "--make"):
      try setDefault(true, try chat.createPublicRoom(name: arguments[1], by: Operator.actor).text, chat)
    case ("default", 3, "--off"):
      try setDefault(false, arguments[1], chat)
    case ("owner", 3, let username?):
      Command.print("\(username) owns \(try chat.setOwner(username, room: arguments[1], by: Operator.actor).id.text)\n")
    default:
      throw Failure.usage
    }
  }

  private static func setDefault(_ isDefault: Bool, _ nameOrID: String, _ chat: Chat) throws {
    let room = try chat.setDefault(isDefault, room: nameOrID, by: Operator.actor)
    Command.print("\(room.id.text) (\(room.name ?? "")) \(isDefault ? "takes" : "no longer takes") in every new user\n")
  }
}
