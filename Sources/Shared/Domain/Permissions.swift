// The permission table of rooms, used by REST and WebSocket alike.

/// An action in a room that needs permission.
public enum RoomAction: Sendable, CaseIterable {
  /// See that it exists, its name, topic and number of members.
  case see
  case join
  case leave
  /// Read its messages and their receipts.
  case read
  /// Read its newest messages, to know what one would join.
  case preview
  case seeMembers
  case post
  case react
  /// Pin messages for all members.
  case pin
  /// Change one's own read markers, draft and notification settings.
  case mark
  /// Report a message to the moderators.
  case report
  case editRoom
  case addMember
  case removeMember
  case ban
  case invite
  /// Delete messages of others.
  case moderate
  case seeReports
  case assignRole
  case deleteRoom
}

/// The rank of a user in a room: their role, or none.
public enum RoomRank: Int, Comparable, Sendable, CaseIterable {
  case nonMember, member, moderator, owner

  public init(_ role: Role?) {
    self =
      switch role {
      case nil: .nonMember
      case .member: .member
      case .moderator: .moderator
      case .owner: .owner
      }
  }

  public static func < (a: RoomRank, b: RoomRank) -> Bool { a.rawValue < b.rawValue }
}

public enum Permissions {
  /// The lowest rank that allows an action in a room of each kind; nil if nobody may. A direct room has two members of equal rank.
  public static func requiredRank(for action: RoomAction, in kind: RoomKind) -> RoomRank? {
    let (direct, group, `public`): (RoomRank?, RoomRank?, RoomRank?) =
      switch action {
      case .see, .preview: (.member, .member, .nonMember)
      // A member may join again, which changes nothing.
      case .join: (.member, .member, .nonMember)
      case .pin: (.member, .moderator, .moderator)
      case .leave, .read, .seeMembers, .post, .react, .mark: (.member, .member, .member)
      case .report: (nil, .member, .member)
      case .editRoom, .addMember, .removeMember, .ban, .invite, .moderate, .seeReports: (nil, .moderator, .moderator)
      case .assignRole, .deleteRoom: (nil, .owner, .owner)
      }
    return switch kind {
    case .direct: direct
    case .group: group
    case .public: `public`
    }
  }

  public static func allows(_ action: RoomAction, as role: Role?, in kind: RoomKind) -> Bool {
    requiredRank(for: action, in: kind).map { RoomRank(role) >= $0 } ?? false
  }

  /// Throws if the action is not allowed. To a user who is no member, a room that is not public looks as if it did not exist.
  public static func check(_ action: RoomAction, as role: Role?, in kind: RoomKind) throws(ChatError) {
    guard role != nil || allows(.see, as: nil, in: kind) else { throw .notFound }
    guard let required = requiredRank(for: action, in: kind) else { throw ChatError(.forbidden, "A direct room does not allow this.") }
    guard RoomRank(role) < required else { return }
    switch required {
    case .owner: throw ChatError(.forbidden, role == nil ? joinFirst : "Only an owner of the room may do this.")
    case .moderator: throw ChatError(.forbidden, role == nil ? joinFirst : "Only a moderator of the room may do this.")
    case .nonMember, .member: throw ChatError(.forbidden, joinFirst)
    }
  }

  /// Removing or banning another user needs a higher rank than theirs; users who are no members have the lowest.
  public static func checkRank(of other: Role?, below mine: Role?) throws(ChatError) {
    guard RoomRank(other) < RoomRank(mine) else { throw ChatError(.forbidden, "Only for users with a lower role than yours.") }
  }

  private static let joinFirst = "Join the room first."
}
