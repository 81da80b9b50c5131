// The table of permissions, cell by cell.
import Domain
import TestSupport
import Testing

@Suite struct PermissionsTests {
  /// Lowest rank that may: s non-member, m member, d moderator, o owner; - nobody. In direct, group and public rooms.
  private static let expected: [RoomAction: String] = [
    .see: "m m s", .join: "m m s", .leave: "m m m", .read: "m m m", .seeMembers: "m m m", .post: "m m m", .react: "m m m", .mark: "m m m",
    .preview: "m m s", .pin: "m d d",
    .report: "- m m", .editRoom: "- d d", .addMember: "- d d", .removeMember: "- d d", .ban: "- d d", .invite: "- d d", .moderate: "- d d",
    .seeReports: "- d d", .assignRole: "- o o", .deleteRoom: "- o o",
  ]
  private static let ranks: [Character: RoomRank] = ["s": .nonMember, "m": .member, "d": .moderator, "o": .owner]
  private static let roles: [Role?] = [nil, .member, .moderator, .owner]

  @Test(arguments: RoomAction.allCases)
  func `every action is allowed from exactly its rank upward`(action: RoomAction) throws {
    let row = try #require(Self.expected[action]).filter { $0 != " " }
    for (kind, letter) in zip([RoomKind.direct, .group, .public], row) {
      let required = Self.ranks[letter]
      for role in Self.roles {
        let isAllowed = required.map { RoomRank(role) >= $0 } ?? false
        #expect(Permissions.allows(action, as: role, in: kind) == isAllowed, "\(action) \(kind) \(String(describing: role))")
        let answer = refusal { try Permissions.check(action, as: role, in: kind) }
        if isAllowed {
          #expect(answer == nil)
        } else {
          let code: ChatError.Code = role == nil && kind != .public ? .notFound : .forbidden
          #expect(answer?.code == code, "\(action) \(kind) \(String(describing: role))")
        }
      }
    }
  }

  @Test func `a room that is not public looks to a non-member as if it did not exist`() {
    for action in RoomAction.allCases {
      for kind in [RoomKind.direct, .group] {
        #expect(refusal { try Permissions.check(action, as: nil, in: kind) } == .notFound)
      }
    }
  }

  @Test func `nobody removes a user of equal or higher rank`() {
    for mine in Role.allCases {
      for other in Self.roles {
        let isAllowed = refusal { try Permissions.checkRank(of: other, below: mine) } == nil
        #expect(isAllowed == (RoomRank(other) < RoomRank(mine)))
      }
    }
  }
}
