// The table of event kinds agrees with the ranges of numbers that queries use.
import Domain
import Testing

struct EventKindTests {
  @Test(arguments: EventKind.allCases) func `the scope of a kind is the one that its range of numbers promises`(_ kind: EventKind) {
    let expected: EventKind.Scope =
      switch kind.rawValue {
      case 1..<50: .room
      case EventKind.userScopedNumbers: .user
      default: .server
      }
    #expect(kind.scope == expected)
    #expect(kind.isUserScoped == (expected == .user))
  }

  @Test(arguments: EventKind.allCases) func `clients receive every kind but those for the daemon alone`(_ kind: EventKind) {
    #expect((kind.word == nil) == (kind.scope == .server))
  }

  @Test func `a newer event replaces an earlier one only where it tells the whole state`() {
    #expect(EventKind.allCases.filter(\.isCompacted) == [.receipt, .ownReceipt, .ownMembership])
  }

  @Test func `membership events and the deletion itself outlive a room`() {
    #expect(EventKind.allCases.filter(\.survivesRoomDeletion) == [.roomDeleted, .memberJoined, .memberUpdated, .memberLeft])
  }

  @Test func `the kinds whose data has a user's document are those that an erasure rewrites`() {
    #expect(EventKind.allCases.filter { $0.userDocument == .member } == [.memberJoined, .memberUpdated, .memberLeft])
    #expect(EventKind.allCases.filter { $0.userDocument == .data } == [.userUpdated])
  }
}
