// Parses the command frames of WebSocket clients.
public import Domain

/// One command frame. `ref` is kept even if the rest is invalid, so that the error reply can include it.
public struct CommandFrame: Sendable {
  public static let refCharactersMax = 64

  public let ref: String?
  public let command: Result<Command, ChatError>

  /// Reads the text of a frame. Never throws: an error is in `command`. `defaultRoom`: the room of a command that names none, if there is one.
  public init(json: [UInt8], defaultRoom: String? = nil) {
    var ref: String?
    do throws(ChatError) {
      let (frame, error) = try JSONObject.read(json)
      if frame.has("ref") { ref = try Self.ref(frame) }
      if let error { throw error }
      command = .success(try Command(frame, defaultRoom))
    } catch {
      command = .failure(error)
    }
    self.ref = ref
  }

  /// The `ref` of a frame that is refused whatever it says; nil if there is none or it cannot be read.
  public static func ref(inJSON bytes: [UInt8]) -> String? {
    guard let (frame, _) = try? JSONObject.read(bytes), frame.has("ref") else { return nil }
    return try? ref(frame)
  }

  private static func ref(_ frame: JSONObject) throws(ChatError) -> String {
    guard let ref = try? frame.string("ref"), ref.utf8.count <= 4 * refCharactersMax, ref.count <= refCharactersMax else {
      throw .invalid("ref", "format", "A string of at most \(refCharactersMax) characters.")
    }
    return ref
  }
}

public enum Command: Sendable {
  case authenticate(token: String, since: Cursor?)
  case sendMessage(room: String, NewMessage)
  case editMessage(room: String, seq: Int64, content: String)
  case deleteMessage(room: String, seq: Int64)
  case addReaction(room: String, seq: Int64, emoji: String)
  case removeReaction(room: String, seq: Int64, emoji: String)
  case mark(room: String, ReadMarkersUpdate)
  case typing(room: String)
  case setPresence(PresenceState)
  case ping
}

extension Command {
  /// Reads the event and its data. Throws if they are invalid.
  fileprivate init(_ frame: JSONObject, _ defaultRoom: String?) throws(ChatError) {
    guard let name = CommandName(try frame.string("event")) else {
      throw ChatError(.unknownCommand, "There is no such command.")
    }
    switch name {
    case .sendMessage:
      let data = try frame.object("data")
      self = .sendMessage(room: try Self.room(data, defaultRoom), try NewMessage(data))
    case .editMessage:
      let data = try frame.object("data")
      self = .editMessage(room: try Self.room(data, defaultRoom), seq: try data.integer("seq"), content: try data.string("content"))
    case .deleteMessage:
      let data = try frame.object("data")
      self = .deleteMessage(room: try Self.room(data, defaultRoom), seq: try data.integer("seq"))
    case .addReaction:
      let data = try frame.object("data")
      self = .addReaction(room: try Self.room(data, defaultRoom), seq: try data.integer("seq"), emoji: try data.string("emoji"))
    case .removeReaction:
      let data = try frame.object("data")
      self = .removeReaction(room: try Self.room(data, defaultRoom), seq: try data.integer("seq"), emoji: try data.string("emoji"))
    case .mark:
      let data = try frame.object("data")
      let update = try ReadMarkersUpdate(data)
      self = .mark(room: try Self.room(data, defaultRoom), update)
    case .typing:
      // The room is all that its data says.
      if let defaultRoom, !frame.has("data") {
        self = .typing(room: defaultRoom)
      } else {
        self = .typing(room: try Self.room(try frame.object("data"), defaultRoom))
      }
    case .setPresence:
      self = .setPresence(try Self.presence(try frame.object("data")))
    case .authenticate:
      let data = try frame.object("data")
      self = .authenticate(token: try data.string("token"), since: try Self.cursor(data))
    case .ping:
      self = .ping
    }
  }

  private static func presence(_ data: JSONObject) throws(ChatError) -> PresenceState {
    let state = try data.string("state")
    do {
      return try PresenceState(reported: state)
    } catch {
      throw data.located(error)
    }
  }

  private static func cursor(_ data: JSONObject) throws(ChatError) -> Cursor? {
    guard let value = try data.optionalInteger("since") else { return nil }
    guard let cursor = Cursor(value) else { throw data.located(.invalid("since", "value", "This is not a cursor.")) }
    return cursor
  }

  /// A room that is named counts, whatever the default is.
  private static func room(_ data: JSONObject, _ defaultRoom: String?) throws(ChatError) -> String {
    guard let defaultRoom else { return try data.string("room_id") }
    return try data.optionalString("room_id") ?? defaultRoom
  }
}
