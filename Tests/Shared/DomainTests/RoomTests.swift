// Numbers in the database and words on the wire, which never change.
import Domain
import Testing

@Suite struct RoomTests {
  @Test func `kinds and roles are found by their words only`() {
    #expect(RoomKind.allCases.map(\.word) == ["direct", "group", "public"])
    #expect(RoomKind.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(Role.allCases.map(\.word) == ["member", "moderator", "owner"])
    #expect(Role.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(NotifyLevel.allCases.map(\.word) == ["all", "mentions", "none"])
    #expect(NotifyLevel.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(ReceiptState.allCases.map(\.word) == ["delivered", "preview_read", "read"])
    #expect(ReceiptState.allCases.map(\.rawValue) == [1, 2, 3])
    for level in NotifyLevel.allCases { #expect(NotifyLevel(word: level.word) == level) }
    for kind in RoomKind.allCases { #expect(RoomKind(word: kind.word) == kind) }
    for role in Role.allCases { #expect(Role(word: role.word) == role) }
    for word in ["", "Owner", "owner ", "admin"] { #expect(Role(word: word) == nil && RoomKind(word: word) == nil) }
  }

  @Test func `an owner may do what a moderator may, and a moderator what a member may`() {
    #expect(Role.member < .moderator && Role.moderator < .owner && !(Role.owner < .owner))
  }
}
