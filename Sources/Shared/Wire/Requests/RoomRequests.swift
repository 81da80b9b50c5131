// What clients send to create and manage rooms. Nothing is checked here but names and types.
package import Domain

package struct NewRoom: Decodable, Sendable {
  package let kind: String
  package let name: String?
  package let topic: String?
  /// The ids of the first members, besides the creator.
  package let members: [String]

  private enum Key: String, CodingKey { case kind, name, topic, members }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    kind = try container.decode(String.self, forKey: .kind)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    topic = try container.decodeIfPresent(String.self, forKey: .topic)
    members = try container.decodeIfPresent([String].self, forKey: .members) ?? []
  }

  package init(kind: String, name: String?, topic: String?, members: [String]) {
    self.kind = kind
    self.name = name
    self.topic = topic
    self.members = members
  }
}

package struct RoomUpdate: Decodable, Sendable {
  package let name: String?
  package let topic: String?
}

package struct MemberRequest: Decodable, Sendable {
  package let role: String?

  private enum Key: String, CodingKey { case role }

  /// The role may be left out, but it may not be null: that is no role.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    role = container.contains(.role) ? try container.decode(String.self, forKey: .role) : nil
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
package struct InviteRequest: Decodable, Sendable {
  package let expires_in: Int64?
  package let uses: Int64?
}

package struct BanRequest: Decodable, Sendable {
  package let reason: String?
}

package struct ReportRequest: Decodable, Sendable {
  package let reason: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
package struct NotificationSettingsRequest: Decodable, Sendable {
  private let level: String?
  private let mute: NotificationSettingsUpdate.Mute?

  private enum Key: String, CodingKey { case level, muted_until }

  /// A `muted_until` of null ends the mute; one that is left out changes nothing.
  package init(from decoder: any Decoder) throws {
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
  package func update() throws(ChatError) -> NotificationSettingsUpdate {
    try NotificationSettingsUpdate(level: level, mute: mute)
  }
}
