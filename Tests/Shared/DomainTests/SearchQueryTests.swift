// Numbers in the database and words on the wire, which never change.
import Domain
import Testing

@Suite struct SearchQueryTests {
  @Test func `the numbers and words of events are what older journals and clients hold`() {
    let frozen: [Int64: String?] = [
      1: "new_message", 2: "message_edited", 3: "message_deleted", 4: "reaction_added", 5: "reaction_removed", 6: "receipt",
      10: "room_created", 11: "room_updated", 12: "room_deleted", 20: "member_joined", 21: "member_updated", 22: "member_left",
      30: "user_updated", 56: "receipt", 71: "member_updated", 100: nil, 101: nil, 102: nil, 103: nil, -1: nil,
    ]
    for (number, word) in frozen { #expect(EventKind(rawValue: number)?.word.map { "\($0)" } == word) }
    #expect(EventKind.allCases.allSatisfy { frozen.keys.contains($0.rawValue) })
    #expect(EventKind.sessionEnded.rawValue == 100 && EventKind.userSuspended.rawValue == 101)
  }

  @Test func `kinds and roles are found by their words and by nothing else`() {
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

  @Test func `a public id is 1 to 32 ASCII letters and digits`() {
    #expect(PublicID("a")?.text == "a")
    #expect(PublicID(String(repeating: "Z9", count: 16)) != nil)
    for text in ["", String(repeating: "a", count: 33), "a-b", "a b", "a/", "a\u{0}", "é", "٣", "a\n", "../x"] {
      #expect(PublicID(text) == nil, "\(text)")
    }
    for byte in UInt8(0)...127 {
      let character = Character(UnicodeScalar(byte))
      #expect((PublicID(String(character)) != nil) == (character.isLetter || character.isNumber), "\(byte)")
    }
  }
}
