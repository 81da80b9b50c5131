// What clients send to create and manage rooms. Nothing is checked here but names and types.
public import Domain

public struct NewRoom: Decodable, Sendable {
  public let kind: String
  public let name: String?
  public let topic: String?
  /// The ids or usernames of the first members, besides the creator.
  public let members: [String]

  private enum Key: String, CodingKey { case kind, name, topic, members }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    kind = try container.decode(String.self, forKey: .kind)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    topic = try container.decodeIfPresent(String.self, forKey: .topic)
    members = try container.decodeIfPresent([String].self, forKey: .members) ?? []
  }

  public init(kind: String, name: String?, topic: String?, members: [String]) {
    self.kind = kind
    self.name = name
    self.topic = topic
    self.members = members
  }
}

public struct RoomUpdate: Decodable, Sendable {
  public let name: String?
  public let topic: String?
}

public struct MemberRequest: Decodable, Sendable {
  public let role: String?

  private enum Key: String, CodingKey { case role }

  /// The role may be left out, but it may not be null: that is no role.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    role = container.contains(.role) ? try container.decode(String.self, forKey: .role) : nil
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct InviteRequest: Sendable {
  public let expires_in: Int64?
  public let uses: Int64?

  public init(_ data: JSONObject) throws(ChatError) {
    expires_in = try data.optionalInteger("expires_in")
    uses = try data.optionalInteger("uses")
  }
}

public struct BanRequest: Decodable, Sendable {
  public let reason: String?
}

public struct ReportRequest: Decodable, Sendable {
  public let reason: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct DraftRequest: Sendable {
  public let content: String
  public let reply_to: Int64?

  public init(_ data: JSONObject) throws(ChatError) {
    content = try data.string("content")
    reply_to = try data.optionalInteger("reply_to")
  }
}

/// From which message on a room is marked as unread.
public struct MarkedUnreadRequest: Sendable {
  public let seq: Int64

  public init(_ data: JSONObject) throws(ChatError) {
    seq = try data.integer("seq")
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct NotificationSettingsRequest: Decodable, Sendable {
  private let level: String?
  private let mute: NotificationSettingsUpdate.Mute?

  private enum Key: String, CodingKey { case level, muted_until }

  /// A `muted_until` of null ends the mute; one that is left out changes nothing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    level = try container.decodeIfPresent(String.self, forKey: .level)
    guard container.contains(.muted_until) else {
      mute = nil
      return
    }
    guard let text = try container.decodeIfPresent(String.self, forKey: .muted_until) else {
      mute = .never
      return
    }
    guard let time = Timestamp(anyRFC3339: text) else {
      throw ChatError.invalid("muted_until", "format", "A time such as 2026-02-05T10:30:00Z, or null.")
    }
    mute = .until(time)
  }

  /// Throws if the request changes nothing or its level is unknown.
  public func update() throws(ChatError) -> NotificationSettingsUpdate {
    try NotificationSettingsUpdate(level: level, mute: mute)
  }
}
