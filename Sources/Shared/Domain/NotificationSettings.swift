// A member's notification settings for a room.

/// Which messages a member is notified of. Numbers are stored in the database: they never change meaning.
public enum NotifyLevel: Int64, Sendable, CaseIterable {
  case all = 1
  case mentions = 2
  case none = 3

  public var word: String {
    switch self {
    case .all: "all"
    case .mentions: "mentions"
    case .none: "none"
    }
  }

  public init?(word: String) {
    guard let level = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = level
  }
}

/// A change of the settings; what is nil stays as it is.
public struct NotificationSettingsUpdate: Sendable {
  public enum Mute: Sendable {
    /// The room is not muted, from now on.
    case never
    case until(Timestamp)
  }

  public let level: NotifyLevel?
  public let mute: Mute?

  /// Throws if nothing is to change or the level is unknown.
  public init(level: String?, mute: Mute?) throws(ChatError) {
    guard level != nil || mute != nil else { throw .invalid("level", "missing", "At least one of level and muted_until.") }
    if let level {
      guard let known = NotifyLevel(word: level) else { throw .invalid("level", "value", "One of all, mentions and none.") }
      self.level = known
    } else {
      self.level = nil
    }
    self.mute = mute
  }
}
