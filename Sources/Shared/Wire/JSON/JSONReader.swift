// Decodes JSON of clients, with errors that name the field.
public import Domain
import FoundationEssentials

public enum JSONReader {
  /// Decodes a request. Throws `malformed_json` for text that is not JSON, and `invalid_field` with the field's name for a wrong value.
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(ChatError) -> Value {
    try JSONSyntax.check(bytes)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw ChatError(decoding: error)
    }
  }
}

extension ChatError {
  /// The error of a decoder, in the words of the client.
  init(decoding error: any Error) {
    switch error {
    case let error as DecodingError: self = Self.error(error)
    case let error as ChatError: self = error
    // The decoder has further errors for numbers and strings that no Swift value can hold; they do not name the field.
    default: self.init(.invalidField, "A number or a string cannot be represented.")
    }
  }

  private static func error(_ error: DecodingError) -> ChatError {
    switch error {
    case .keyNotFound(let key, let context):
      return .invalid(path(context.codingPath + [key]), "missing", "This field is required.")
    case .typeMismatch(_, let context) where context.codingPath.isEmpty:
      return ChatError(.malformedJSON, "This must be a JSON object.")
    case .valueNotFound(_, let context) where context.codingPath.isEmpty:
      return ChatError(.malformedJSON, "This must be a JSON object.")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return .invalid(path(context.codingPath), "type", "This field has the wrong type.")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return .invalid(path(context.codingPath), "value", "This value cannot be read.")
    // The syntax has been checked: what is left are numbers that no Swift value holds, of which the decoder does not name the field.
    default:
      return ChatError(.invalidField, "A number or a string cannot be represented.")
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}

/// Reads a stored message back, to change it.
extension Message {
  /// Nil only if the bytes are not a message that `JSONWriter.message` wrote.
  public init?(json: [UInt8]) {
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(json)), let createdAt = Timestamp(rfc3339: stored.created_at)
    else { return nil }
    self.init(
      roomID: PublicID(trusted: stored.room_id), seq: stored.seq, userID: PublicID(trusted: stored.user_id), username: stored.username,
      displayName: stored.display_name, content: stored.content, clientID: stored.client_id, replyTo: stored.reply_to,
      attachments: stored.attachments?.map(\.info) ?? [], mentions: stored.mentions.map(PublicID.init(trusted:)),
      reactions: Reactions(stored.reactions.mapValues { $0.map(PublicID.init(trusted:)) }), createdAt: createdAt,
      editedAt: stored.edited_at.flatMap(Timestamp.init(rfc3339:)), deleted: stored.deleted)
  }

  // Named as on the wire, so that no key table is needed beside it.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Stored: Decodable {
    let room_id: String
    let seq: Int64
    let user_id: String
    let username: String
    let display_name: String
    let content: String?
    let client_id: String?
    let reply_to: Int64?
    // Absent in what an older program has written.
    let attachments: [StoredFile]?
    let mentions: [String]
    let reactions: [String: [String]]
    let created_at: String
    let edited_at: String?
    let deleted: Bool
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct StoredFile: Decodable {
    let file_id: String
    let name: String
    let media_type: String
    let size: Int64
    let width: Int64?
    let height: Int64?
    let thumbnail_url: String?

    var info: FileInfo {
      FileInfo(
        id: PublicID(trusted: file_id), name: name, mediaType: media_type, size: size, width: width, height: height,
        hasThumbnail: thumbnail_url != nil)
    }
  }
}
