// The rooms of a snapshot.
import Chat
import Domain
import TestSupport
import Testing
import Wire

@Suite struct SnapshotTests {
  /// A long message: some 130 of them exceed the bound of a snapshot.
  private let long = String(repeating: "a" + String(repeating: "\u{0301}", count: 5), count: 1500)

  private func names(_ user: TestUser, _ fixture: ChatFixture) throws -> [String?] {
    try fixture.chat.snapshot(for: user.principal).rooms.map(\.room.name)
  }

  @Test func `rooms that others added Bob to never take the place of those he joined, read or wrote in`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let read = try fixture.room("Read", .group, by: fixture.alice, with: [fixture.bob])
    let written = try fixture.room("Written", .group, by: fixture.alice, with: [fixture.bob])
    for room in [lobby, read] { try fixture.post("hello", in: room, by: fixture.alice) }
    try fixture.mark(read, read: 1, by: fixture.bob)
    try fixture.post("hello", in: written, by: fixture.bob)
    var spam: [String] = []
    var bytes = 0
    while bytes < Chat.snapshotMessageBytesMax + 10 * 20_000 {
      spam.append(try fixture.room("Spam \(spam.count)", .group, by: fixture.mallory, with: [fixture.bob]))
      bytes += try fixture.post(long, in: spam[spam.count - 1], by: fixture.mallory).json.count
    }
    let found = try fixture.chat.snapshot(for: fixture.bob.principal).rooms
    let names = found.map(\.room.name)
    // The newest of the others, and after them his own: the order is by activity as ever.
    #expect(names.suffix(3) == ["Written", "Read", "Lobby"] && names.first == "Spam \(spam.count - 1)")
    #expect(names.count < spam.count && found.map(\.lastActivity.milliseconds) == found.map(\.lastActivity.milliseconds).sorted(by: >))
    #expect(try fixture.chat.rooms(of: fixture.bob.principal, after: nil, limit: 500).count == spam.count + 3)
  }

  @Test func `where no bound is met, a snapshot has all rooms, latest activity first`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let group = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.post("hello", in: group, by: fixture.alice)
    #expect(try names(fixture.bob, fixture) == ["Group", "Lobby"])
    try fixture.post("hello", in: lobby, by: fixture.alice)
    #expect(try names(fixture.bob, fixture) == ["Lobby", "Group"])
  }
}
