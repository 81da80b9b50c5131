// Unread counts leave out deleted messages.
import Chat
import Domain
import TestSupport
import Testing
import Wire

@Suite struct UnreadTests {
  private func unread(_ user: TestUser, in room: String, _ fixture: ChatFixture) throws -> Int64? {
    try fixture.chat.room(room, for: user.principal).membership?.unread
  }

  private func ownStates(_ fixture: ChatFixture) throws -> [JSONValue] {
    try fixture.journal().filter { $0.kind == .ownMembership }.map { try JSONValue($0.data) }
  }

  @Test func `a deleted message is not unread, whoever deletes it, and deleting it again changes nothing`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    for number in 1...4 { try fixture.post("\(number)", in: lobby, by: number == 4 ? fixture.mallory : fixture.alice) }
    for seq: Int64 in [2, 4, 4] { try fixture.delete(seq, in: lobby, by: fixture.alice) }
    #expect(try unread(fixture.bob, in: lobby, fixture) == 2)
    #expect(try fixture.chat.badges(of: fixture.bob.principal).map(\.unread) == [2])
    #expect(try fixture.chat.snapshot(for: fixture.bob.principal).rooms.map { $0.membership?.unread } == [2])
    for seq: Int64 in [1, 3] { try fixture.delete(seq, in: lobby, by: fixture.alice) }
    #expect(try unread(fixture.bob, in: lobby, fixture) == 0 && fixture.chat.badges(of: fixture.bob.principal).isEmpty)
  }

  @Test func `when a marker passes deleted messages and others are left, the user's devices are told the count`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...6 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    for seq: Int64 in [2, 5] { try fixture.delete(seq, in: lobby, by: fixture.alice) }
    #expect(try fixture.mark(lobby, read: 1, by: fixture.bob)["unread"]?.number == 3)
    #expect(try ownStates(fixture).isEmpty)
    #expect(try fixture.mark(lobby, read: 3, by: fixture.bob)["unread"]?.number == 2)
    let told = try #require(try ownStates(fixture).first)
    #expect(told["reason"]?.text == "unread" && told["me"]?["unread"]?.number == 2 && told["me"]?["read_seq"]?.number == 3)
    #expect(try fixture.mark(lobby, delivered: 6, by: fixture.bob)["unread"]?.number == 2)
    #expect(try fixture.mark(lobby, read: 6, by: fixture.bob)["unread"]?.number == 0)
    #expect(try ownStates(fixture).count == 1, "who has read everything needs no count")
  }

  @Test func `after any posts, deletions and reads, the count is that of the messages that stand`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    var random = SplitMix(seed: 5)
    var (deleted, last, read) = (Set<Int64>(), Int64(0), Int64(0))
    for _ in 0..<300 {
      switch random.int(0...3) {
      case 0, 1:
        last += 1
        try fixture.post("\(last)", in: lobby, by: fixture.alice)
      case 2 where last > 0:
        let seq = Int64(random.int(1...Int(last)))
        deleted.insert(seq)
        try fixture.delete(seq, in: lobby, by: fixture.alice)
      case 3 where last > 0 && random.int(0...4) == 0:
        read = max(read, Int64(random.int(1...Int(last))))
        try fixture.mark(lobby, read: read, by: fixture.bob)
      default: break
      }
    }
    let standing = (read..<last).filter { !deleted.contains($0 + 1) }.count
    #expect(try unread(fixture.bob, in: lobby, fixture) == Int64(standing))
  }
}
