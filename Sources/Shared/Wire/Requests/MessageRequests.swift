// What clients send to post, edit and mark messages, over REST and WebSocket alike.
public import Domain

/// A message to be posted; nothing is checked yet.
// swift-format-ignore: AlwaysUseLowerCamelCase
public struct NewMessage: Sendable {
  public let content: String
  public var client_id: String?
  public let reply_to: Int64?
  public let attachments: [String]

  public init(content: String, clientID: String? = nil, replyTo: Int64? = nil, attachments: [String] = []) {
    self.content = content
    client_id = clientID
    reply_to = replyTo
    self.attachments = attachments
  }

  public init(_ data: JSONObject) throws(ChatError) {
    content = try data.string("content")
    client_id = try data.optionalString("client_id")
    reply_to = try data.optionalInteger("reply_to")
    attachments = try data.optionalStrings("attachments", countMax: FileInfo.perMessageMax) ?? []
  }

  /// Takes an Idempotency-Key as the client id. Throws if the message has another one.
  public mutating func setIdempotencyKey(_ key: String) throws(ChatError) {
    guard client_id ?? key == key else {
      throw .invalid("client_id", "conflict", "client_id and Idempotency-Key must be equal.")
    }
    client_id = try ClientID(key, field: "Idempotency-Key").text
  }
}

public struct MessageUpdate: Decodable, Sendable {
  public let content: String
}

extension ReadMarkersUpdate {
  /// Throws if the markers are missing or negative.
  public init(_ data: JSONObject) throws(ChatError) {
    let delivered = try data.optionalInteger("delivered_seq")
    let (preview, read) = (try data.optionalInteger("preview_seq"), try data.optionalInteger("read_seq"))
    do {
      try self.init(deliveredSeq: delivered, previewSeq: preview, readSeq: read)
    } catch {
      throw data.located(error)
    }
  }
}
