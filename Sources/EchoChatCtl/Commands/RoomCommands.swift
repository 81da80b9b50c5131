// `echochatctl room …`: rooms of every kind, default rooms, owners.
import Chat
import Configuration
import Domain
import Wire

enum RoomCommands {
  static let all: [Command] = [
    Command("room list", options: [.json], text: "Prints all rooms: id, kind, number of members and of messages, name.", run: list),
    Command("room show", "ROOM", options: [.json], text: "Prints one room, by its id, or a public one by its name.", run: show),
    Command("room members", "ROOM", options: [.json], text: "Prints the members of a room and their roles.", run: members),
    Command("room rename", "ROOM", "NAME", text: "Gives a group or public room another name.") { arguments in
      try withRoom(arguments) {
        Output.print("is now \(try $0.updateRoom($1, name: arguments["NAME"], topic: nil, by: .atCommandLine).room.name ?? "")\n")
      }
    },
    Command("room delete", "ROOM", options: [.yes], text: "Deletes a room with all its messages.", run: delete),
    Command(
      "room retention", "ROOM", "TIME",
      text: "Keeps messages of a room for a TIME, such as 90d; `off`: for ever; `default`: as ECHOCHAT_RETENTION says.",
      run: setRetention),
    Command(
      "room default", "ROOM", options: [.init("--make", "Creates the room first."), .init("--off", "No longer.")],
      text: "Makes a public room one that new users join.", run: setDefault),
    Command("room owner", "ROOM", "USERNAME", text: "Makes a user an owner of a group or public room.") { arguments in
      try DataDirectory.withChat { chat in
        let username = arguments["USERNAME"]
        Output.print("\(username) owns \(try chat.setOwner(username, room: arguments["ROOM"], by: .atCommandLine).id.text)\n")
      }
    },
  ]

  /// Runs `body` with the chat and the room that `ROOM` names.
  static func withRoom(_ arguments: Arguments, _ body: (Chat, RoomReference) throws -> Void) throws {
    try DataDirectory.withChat { try body($0, .nameOrID(arguments["ROOM"])) }
  }

  private static func list(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.administeredRooms(after: $0, limit: $1, for: .atCommandLine) },
        cursor: { $0.room.rowID.value }, json: { $0.administeredRoom($1) },
        row: { found in
          let room = found.room
          return [room.id.text, room.kind.word, "\(room.memberCount)", "\(room.lastSeq)", room.name ?? "-"]
            + (found.isDefault ? ["default"] : [])
        })
    }
  }

  private static func show(_ arguments: Arguments) throws {
    try withRoom(arguments) { chat, room in
      let found = try chat.administeredRoom(room, for: .atCommandLine)
      if arguments.has("--json") { Output.printJSON { $0.administeredRoom(found) } } else { Output.details(details(found)) }
    }
  }

  private static func details(_ found: AdministeredRoom) -> [(name: String, value: String)] {
    let room = found.room
    return [
      ("room_id", room.id.text), ("kind", room.kind.word), ("name", room.name ?? "-"), ("topic", room.topic),
      ("since", Output.text(room.createdAt)), ("made by", room.createdBy?.text ?? "-"), ("members", "\(room.memberCount)"),
      ("messages", "\(room.lastSeq - room.firstSeq + 1)"), ("kept for", text(room.retention)), ("default", found.isDefault ? "yes" : "no"),
    ]
  }

  private static func members(_ arguments: Arguments) throws {
    try withRoom(arguments) { chat, room in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.members(of: room, after: $0, limit: $1, for: .atCommandLine) },
        cursor: { $0.user.rowID.value }, json: { $0.member($1) },
        row: { [$0.user.username, $0.user.id.text, $0.role.word, Output.text($0.joinedAt)] })
    }
  }

  private static func delete(_ arguments: Arguments) throws {
    try withRoom(arguments) { chat, reference in
      let room = try chat.administeredRoom(reference, for: .atCommandLine).room
      if !arguments.has("--yes") {
        try Terminal.confirm("Delete the room \(room.name ?? room.id.text) with its \(room.lastSeq) messages? This cannot be undone.")
      }
      _ = try chat.deleteRoom(.id(room.id.text), by: .atCommandLine)
      Output.print("deleted\n")
    }
  }

  private static func text(_ retention: Retention?) -> String {
    switch retention {
    case nil: "as ECHOCHAT_RETENTION says"
    case .forever: "ever"
    case .seconds(let seconds): Settings.duration(seconds)
    }
  }

  private static func setRetention(_ arguments: Arguments) throws {
    let retention: Retention? =
      switch arguments["TIME"] {
      case "default": nil
      case "off": .forever
      default: try seconds(arguments)
      }
    try withRoom(arguments) { chat, room in
      let room = try chat.setRetention(retention, of: room, by: .atCommandLine)
      Output.print("\(room.id.text) (\(room.name ?? "-")) keeps messages for \(text(room.retention))\n")
    }
  }

  private static func seconds(_ arguments: Arguments) throws -> Retention {
    guard let seconds = Settings.seconds(arguments["TIME"]), (1...Retention.secondsMax).contains(seconds) else {
      throw Failure("TIME is a duration such as 12h or 90d, at most 3650d, or `off`, or `default`", status: Failure.wrongUsage)
    }
    return .seconds(seconds)
  }

  private static func setDefault(_ arguments: Arguments) throws {
    let isDefault = !arguments.has("--off")
    guard isDefault || !arguments.has("--make") else { throw arguments.command.usage }
    try DataDirectory.withChat { chat in
      var name = arguments["ROOM"]
      if arguments.has("--make") { name = try chat.createPublicRoom(name: name, by: .atCommandLine).text }
      let room = try chat.setDefault(isDefault, room: name, by: .atCommandLine)
      Output.print("\(room.id.text) (\(room.name ?? "")) \(isDefault ? "takes" : "no longer takes") in every new user\n")
    }
  }
}
