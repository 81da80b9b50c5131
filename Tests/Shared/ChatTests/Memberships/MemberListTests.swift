// The list of a room's members: search by name, and how far each has come.
import Chat
import Domain
import TestSupport
import Testing

@Suite struct MemberListTests {
  private func names(_ room: String, _ text: String, _ fixture: ChatFixture, after cursor: Int64 = 0, limit: Int = 50) throws -> [String] {
    try fixture.chat.members(of: room, searchedBy: text, for: fixture.alice.principal, after: cursor, limit: limit).map(\.user.username)
  }

  @Test func `members are found by the beginning of any name, or by likeness, and others are not`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let people = ["bobby", "bob_the_builder", "_bo", "robert"]
    let users = try people.map { try fixture.signUp($0) }
    for user in users { _ = try fixture.chat.join(lobby, by: user.principal) }
    _ = try fixture.chat.updateProfile(displayName: "Robert Über", statusText: nil, by: users[3].principal)
    #expect(try names(lobby, "bob", fixture) == ["bob", "bobby", "bob_the_builder"])
    #expect(try names(lobby, "_", fixture) == ["_bo"] && names(lobby, "uber", fixture) == ["robert"])
    #expect(try names(lobby, "robrt", fixture) == ["robert"] && names(lobby, "mallory", fixture) == [])
    #expect(try names(lobby, "", fixture).count == 6 && names(lobby, "\"", fixture) == [] && names(lobby, "*", fixture) == [])
    let first = try fixture.chat.members(of: lobby, searchedBy: "bob", for: fixture.alice.principal, after: 0, limit: 1)
    #expect(try names(lobby, "bob", fixture, after: first[0].user.rowID.value) == ["bobby", "bob_the_builder"])
  }

  @Test func `marks are shown of all but those who hide them, or between whom a block stands`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    try fixture.mark(lobby, read: 1, by: fixture.bob)
    try fixture.mark(lobby, delivered: 1, by: fixture.mallory)
    func marks(for viewer: TestUser) throws -> [ReadMarkers?] {
      try fixture.chat.members(of: lobby, for: viewer.principal, after: 0, limit: 10).map(\.markers)
    }
    let (all, one) = (ReadMarkers(deliveredSeq: 1, previewSeq: 1, readSeq: 1), ReadMarkers(deliveredSeq: 1, previewSeq: 0, readSeq: 0))
    #expect(try marks(for: fixture.alice) == [all, all, one])
    try fixture.chat.setHidesReadReceipts(true, by: fixture.bob.principal)
    #expect(try marks(for: fixture.alice) == [all, nil, one] && marks(for: fixture.bob) == [all, all, one])
    try fixture.chat.block(fixture.alice.id, by: fixture.mallory.principal)
    #expect(try marks(for: fixture.alice) == [all, nil, nil] && marks(for: fixture.mallory) == [nil, nil, one])
  }
}
