// What a WebSocket client asks for.
package import Domain
import FoundationEssentials

/// One command frame. `ref` is kept also when the rest is refused, so that the refusal can bear it.
package struct CommandFrame: Sendable {
  package static let refCharactersMax = 64

  package let ref: String?
  package let command: Result<Command, Refusal>

  /// Reads the text of a frame; never throws: what is wrong is in `command`.
  package init(json: some Collection<UInt8>) {
    do {
      let envelope = try JSONReader.decode(Envelope.self, from: json)
      ref = envelope.ref
      command = envelope.command
    } catch {
      ref = nil
      command = .failure(error)
    }
  }
}

package enum Command: Sendable {
  case authenticate(token: String, since: Int64?)
  case sendMessage(NewMessage)
  case editMessage(room: String, seq: Int64, content: String)
  case deleteMessage(room: String, seq: Int64)
  case addReaction(room: String, seq: Int64, emoji: String)
  case removeReaction(room: String, seq: Int64, emoji: String)
  case mark(room: String, MarksWish)
  case typing(room: String)
  case ping
}

/// A message as a client hands it in, over either door; nothing is checked yet.
// swift-format-ignore: AlwaysUseLowerCamelCase
package struct NewMessage: Decodable, Sendable {
  package let room_id: String?
  package let content: String
  package var client_id: String?
  package let reply_to: Int64?

  package init(room: String?, content: String, clientID: String? = nil, replyTo: Int64? = nil) {
    room_id = room
    self.content = content
    client_id = clientID
    reply_to = replyTo
  }
}

/// Marks as a client hands them in, over either door.
// swift-format-ignore: AlwaysUseLowerCamelCase
package struct NewMarks: Decodable, Sendable {
  let room_id: String?
  let delivered_seq: Int64?
  let preview_seq: Int64?
  let read_seq: Int64?

  /// Throws the refusal of marks that make no sense.
  package var wish: MarksWish {
    get throws(Refusal) { try MarksWish(deliveredSeq: delivered_seq, previewSeq: preview_seq, readSeq: read_seq) }
  }
}

/// Reads `ref` first and leniently, then the event and its data.
private struct Envelope: Decodable {
  let ref: String?
  let command: Result<Command, Refusal>

  enum Key: String, CodingKey { case event, ref, data }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let ref = try? container.decodeIfPresent(String.self, forKey: .ref)
    self.ref = ref.flatMap { $0.count <= CommandFrame.refCharactersMax && $0.utf8.count <= 4 * CommandFrame.refCharactersMax ? $0 : nil }
    guard self.ref != nil || !container.contains(.ref) else {
      command = .failure(.invalid("ref", "format", "A string of at most \(CommandFrame.refCharactersMax) characters."))
      return
    }
    do {
      command = .success(try Self.command(container))
    } catch {
      command = .failure(JSONReader.refusal(for: error))
    }
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Place: Decodable {
    let room_id: String
    let seq: Int64
    let content: String?
    let emoji: String?
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct RoomOnly: Decodable {
    let room_id: String
  }

  private struct Credentials: Decodable {
    let token: String
    let since: Int64?
  }

  private static func command(_ container: KeyedDecodingContainer<Key>) throws -> Command {
    switch try container.decode(String.self, forKey: .event) {
    case "send_message":
      let message = try container.decode(NewMessage.self, forKey: .data)
      guard message.room_id != nil else { throw Refusal.invalid("data.room_id", "missing", "This field is required.") }
      return .sendMessage(message)
    case "edit_message":
      let place = try container.decode(Place.self, forKey: .data)
      guard let content = place.content else { throw Refusal.invalid("data.content", "missing", "This field is required.") }
      return .editMessage(room: place.room_id, seq: place.seq, content: content)
    case "delete_message":
      let place = try container.decode(Place.self, forKey: .data)
      return .deleteMessage(room: place.room_id, seq: place.seq)
    case "add_reaction":
      let (place, emoji) = try reaction(container)
      return .addReaction(room: place.room_id, seq: place.seq, emoji: emoji)
    case "remove_reaction":
      let (place, emoji) = try reaction(container)
      return .removeReaction(room: place.room_id, seq: place.seq, emoji: emoji)
    case "mark":
      let marks = try container.decode(NewMarks.self, forKey: .data)
      guard let room = marks.room_id else { throw Refusal.invalid("data.room_id", "missing", "This field is required.") }
      return .mark(room: room, try marks.wish)
    case "typing":
      return .typing(room: try container.decode(RoomOnly.self, forKey: .data).room_id)
    case "authenticate":
      let credentials = try container.decode(Credentials.self, forKey: .data)
      return .authenticate(token: credentials.token, since: credentials.since)
    case "ping":
      return .ping
    default:
      throw Refusal(.unknownCommand, "There is no such command.")
    }
  }

  private static func reaction(_ container: KeyedDecodingContainer<Key>) throws -> (place: Place, emoji: String) {
    let place = try container.decode(Place.self, forKey: .data)
    guard let emoji = place.emoji else { throw Refusal.invalid("data.emoji", "missing", "This field is required.") }
    return (place, emoji)
  }
}
