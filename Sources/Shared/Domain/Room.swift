// A room, its kinds and roles, and a membership in it.

/// How users become members of a room. Numbers are stored in the database: they never change meaning.
public enum RoomKind: Int64, Sendable, CaseIterable {
  /// Two users; one room per pair.
  case direct = 1
  /// By invitation.
  case group = 2
  /// Listed; anyone may join.
  case `public` = 3

  public var word: String {
    switch self {
    case .direct: "direct"
    case .group: "group"
    case .public: "public"
    }
  }

  public init?(word: String) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }
}

/// A member's role; a higher role may do everything that a lower one may. Numbers are stored in the database: they never change meaning.
public enum Role: Int64, Comparable, Sendable, CaseIterable {
  case member = 1
  case moderator = 2
  case owner = 3

  public var word: String {
    switch self {
    case .member: "member"
    case .moderator: "moderator"
    case .owner: "owner"
    }
  }

  public init?(word: String) {
    guard let role = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = role
  }

  public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }
}

/// What every user who may see a room sees of it.
public struct Room: Equatable, Sendable {
  public let rowID: RoomRowID
  public let id: PublicID
  public let kind: RoomKind
  public let name: String?
  public let topic: String
  public let createdBy: PublicID?
  public let createdAt: Timestamp
  public let memberCount: Int64
  /// The first message that is kept; `lastSeq` + 1 if none is.
  public let firstSeq: Int64
  public let lastSeq: Int64
  /// How long its messages are kept; nil: as the settings say.
  public let retention: Retention?

  public init(
    rowID: RoomRowID, id: PublicID, kind: RoomKind, name: String?, topic: String, createdBy: PublicID?, createdAt: Timestamp,
    memberCount: Int64, firstSeq: Int64 = 1, lastSeq: Int64, retention: Retention? = nil
  ) {
    self.rowID = rowID
    self.id = id
    self.kind = kind
    self.name = name
    self.topic = topic
    self.createdBy = createdBy
    self.createdAt = createdAt
    self.memberCount = memberCount
    self.firstSeq = firstSeq
    self.lastSeq = lastSeq
    self.retention = retention
  }
}

/// A member's own view of a room: `me` on the wire.
public struct Membership: Equatable, Sendable {
  public let role: Role
  public var markers: ReadMarkers
  /// Messages after the read marker that stand: deleted ones do not count.
  public var unread: Int64
  /// Unread messages that mention the member.
  public var mentions: Int64
  public var notify: NotifyLevel
  public var mutedUntil: Timestamp?
  /// From which message on the member has marked the room as unread; nil once they have read on.
  public var markedUnreadSeq: Int64?

  public init(
    role: Role, markers: ReadMarkers, unread: Int64, mentions: Int64, notify: NotifyLevel, mutedUntil: Timestamp?,
    markedUnreadSeq: Int64? = nil
  ) {
    self.role = role
    self.markers = markers
    self.unread = unread
    self.mentions = mentions
    self.notify = notify
    self.mutedUntil = mutedUntil
    self.markedUnreadSeq = markedUnreadSeq
  }
}

/// A checked room name: 1–80 characters on one line.
public struct RoomName: Equatable, Sendable {
  public let text: String

  public init(_ raw: String) throws(ChatError) {
    text = try SingleLineText(raw, field: "name", charactersMin: 1, charactersMax: 80).text
  }
}

/// A checked room topic: up to 250 characters on one line; empty means none.
public struct RoomTopic: Equatable, Sendable {
  public let text: String

  public init(_ raw: String) throws(ChatError) {
    text = try SingleLineText(raw, field: "topic", charactersMin: 0, charactersMax: 250).text
  }
}
