// The table of event kinds: numbers, words and ranges that databases, clients and queries rely on.
import Domain
import Testing

struct EventKindTests {
  @Test func `the numbers and words of events are those of older journals and clients`() {
    let frozen: [Int64: String?] = [
      1: "new_message", 2: "message_edited", 3: "message_deleted", 4: "reaction_added", 5: "reaction_removed", 6: "receipt",
      7: "message_pinned", 8: "message_unpinned", 9: "messages_expired",
      10: "room_created", 11: "room_updated", 12: "room_deleted", 20: "member_joined", 21: "member_updated", 22: "member_left",
      30: "user_updated", 56: "receipt", 71: "member_updated", 72: "invited", 73: "preferences_updated", 74: "user_updated",
      75: "draft_updated", 76: "message_saved", 77: "message_unsaved", 100: nil, 101: nil, 102: nil,
      103: nil, -1: nil,
    ]
    for (number, word) in frozen { #expect(EventKind(rawValue: number)?.word.map { "\($0)" } == word) }
    #expect(EventKind.allCases.allSatisfy { frozen.keys.contains($0.rawValue) })
    #expect(EventKind.sessionEnded.rawValue == 100 && EventKind.userSuspended.rawValue == 101)
  }

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

  @Test func `a newer event replaces an earlier one only where it contains the whole state`() {
    #expect(EventKind.allCases.filter(\.isCompacted) == [.receipt, .ownReceipt, .ownMembership, .ownAccount, .draftUpdated])
  }

  @Test func `membership events and the deletion itself outlive a room`() {
    #expect(EventKind.allCases.filter(\.survivesRoomDeletion) == [.roomDeleted, .memberJoined, .memberUpdated, .memberLeft])
  }

  @Test func `the kinds whose data has a user's document are those that an erasure rewrites`() {
    #expect(EventKind.allCases.filter { $0.userDocument == .member } == [.memberJoined, .memberUpdated, .memberLeft])
    #expect(EventKind.allCases.filter { $0.userDocument == .data } == [.userUpdated])
  }
}
