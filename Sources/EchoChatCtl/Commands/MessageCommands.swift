// `echochatctl message …` and `say`: messages of any room.
import Chat
import Domain
import Wire

enum MessageCommands {
  static let all: [Command] = [
    Command(
      "message show", "ROOM", "SEQ", options: [.json], text: "Prints a message of any room. That it was shown is recorded in the audit."
    ) { arguments in
      let seq = try arguments.number(operand: "SEQ")
      try RoomCommands.withRoom(arguments) { try show(try $0.message(seq, in: $1, for: .atCommandLine), arguments) }
    },
    Command("message delete", "ROOM", "SEQ", text: "Deletes a message of any room.") { arguments in
      let seq = try arguments.number(operand: "SEQ")
      try RoomCommands.withRoom(arguments) { _ = try $0.deleteMessage(seq, in: $1, by: .atCommandLine) }
      Output.print("deleted\n")
    },
    Command(
      "say", "ROOM", "TEXT", options: [.init("--as", value: "NAME", "In the name of this member instead."), .json],
      text: "Posts a message in the name of the service, as a user that nobody can sign in as."
    ) { arguments in
      try RoomCommands.withRoom(arguments) { chat, room in
        let author = arguments.value("--as").map { AccountReference.username($0) }
        let posted = try chat.say(arguments["TEXT"], in: room, as: author, by: .atCommandLine)
        if arguments.has("--json") { Output.printJSON { $0.raw(posted.json) } } else { Output.print("message \(posted.seq)\n") }
      }
    },
  ]

  private static func show(_ json: [UInt8], _ arguments: Arguments) throws {
    guard !arguments.has("--json") else { return Output.printJSON { $0.raw(json) } }
    guard let message = Message(json: json) else { throw Failure("this message is not readable") }
    let edited = message.editedAt.map { ", edited \(Output.text($0))" } ?? ""
    Output.row([message.username, "\(Output.text(message.createdAt))\(edited)"])
    Output.print("\(message.deleted ? "(deleted)" : message.content ?? "")\n")
  }
}
