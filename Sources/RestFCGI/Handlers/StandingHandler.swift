// What rooms are to the one who asks: how far she has read, how loud they are, what her bell shows.
import Chat
import Domain
import Wire

enum StandingHandler {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Loudness: Decodable {
    let level: String?
    let mute: NotificationSettingsUpdate.Mute?

    enum Key: String, CodingKey { case level, muted_until }

    /// A time that is null ends the mute; one that is left out leaves it as it is.
    init(from decoder: any Decoder) throws {
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
  }

  static func mark(_ call: Call, _ principal: Principal) throws -> Response {
    let marks = try ReadMarkersUpdate(try call.object())
    return Response(status: 200, body: try call.chat.updateReadMarkers(marks, in: call.part(0), session: principal.session))
  }

  static func setNotify(_ call: Call, _ principal: Principal) throws -> Response {
    let loudness = try call.json(Loudness.self)
    let wish = try NotificationSettingsUpdate(level: loudness.level, mute: loudness.mute)
    return Response(status: 200, body: try call.chat.updateNotificationSettings(wish, in: call.part(0), by: principal))
  }

  static func badges(_ call: Call, _ principal: Principal) throws -> Response {
    let badges = try call.chat.badges(of: principal)
    let body = JSONWriter.object(reservingBytes: 64 + 80 * badges.count) { json in
      json.field("unread", badges.reduce(0) { $0 + $1.unread })
      json.field("mentions", badges.reduce(0) { $0 + $1.mentions })
      json.key("rooms")
      json.array { json in
        for badge in badges {
          json.object { json in
            json.field("room_id", badge.room)
            json.field("unread", badge.unread)
            json.field("mentions", badge.mentions)
          }
        }
      }
    }
    return Response(status: 200, body: body)
  }
}
