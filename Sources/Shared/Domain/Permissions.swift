// What may be done in a room, and by whom: the one table that both doors ask.

/// Something that somebody wants to do in a room.
package enum RoomAction: Sendable, CaseIterable {
  /// That it exists, its name and topic, how many are in it.
  case see
  case join
  case leave
  /// What was said, and who has read it.
  case read
  case seeMembers
  case post
  case react
  /// Say how far one has come, and how loud the room is to be.
  case mark
  /// Bring a message before the moderators.
  case report
  case editRoom
  case addMember
  case removeMember
  case ban
  case invite
  /// Take back what others have said.
  case moderate
  case seeReports
  case giveRole
  case deleteRoom
}

/// What someone is to a room.
package enum RoomRank: Int, Comparable, Sendable, CaseIterable {
  case nonMember, member, moderator, owner

  package init(_ role: Role?) {
    self =
      switch role {
      case nil: .nonMember
      case .member: .member
      case .moderator: .moderator
      case .owner: .owner
      }
  }

  package static func < (a: RoomRank, b: RoomRank) -> Bool { a.rawValue < b.rawValue }
}

package enum Permissions {
  /// The least that one must be to a room of each kind; nil where it cannot be done at all. A direct room has two members and nobody above them.
  package static func least(for action: RoomAction, in kind: RoomKind) -> RoomRank? {
    let (direct, group, `public`): (RoomRank?, RoomRank?, RoomRank?) =
      switch action {
      case .see: (.member, .member, .nonMember)
      // Who is in already may join again, which changes nothing.
      case .join: (.member, .member, .nonMember)
      case .leave, .read, .seeMembers, .post, .react, .mark: (.member, .member, .member)
      case .report: (nil, .member, .member)
      case .editRoom, .addMember, .removeMember, .ban, .invite, .moderate, .seeReports: (nil, .moderator, .moderator)
      case .giveRole, .deleteRoom: (nil, .owner, .owner)
      }
    return switch kind {
    case .direct: direct
    case .group: group
    case .public: `public`
    }
  }

  package static func allows(_ action: RoomAction, as role: Role?, in kind: RoomKind) -> Bool {
    least(for: action, in: kind).map { RoomRank(role) >= $0 } ?? false
  }

  /// Throws what to tell someone who may not. Strangers to a room that is not public are told what they would be told of a room that does not exist.
  package static func check(_ action: RoomAction, as role: Role?, in kind: RoomKind) throws(ChatError) {
    guard role != nil || allows(.see, as: nil, in: kind) else { throw .notFound }
    guard let least = least(for: action, in: kind) else { throw ChatError(.forbidden, "A direct room is for two, who have equal rights.") }
    guard RoomRank(role) < least else { return }
    switch least {
    case .owner: throw ChatError(.forbidden, role == nil ? joinFirst : "This takes an owner of the room.")
    case .moderator: throw ChatError(.forbidden, role == nil ? joinFirst : "This takes a moderator of the room.")
    case .nonMember, .member: throw ChatError(.forbidden, joinFirst)
    }
  }

  /// Who puts others out must stand above them; strangers are below everyone.
  package static func checkRank(of other: Role?, below mine: Role?) throws(ChatError) {
    guard RoomRank(other) < RoomRank(mine) else { throw ChatError(.forbidden, "This can be done to those of a lower role only.") }
  }

  private static let joinFirst = "Join the room first."
}
