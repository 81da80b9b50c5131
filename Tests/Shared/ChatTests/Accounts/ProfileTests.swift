// Changing the profile.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct ProfileTests {
  @Test func `a changed display name is one event in each of the user's rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Garden", .group, by: fixture.alice)
    _ = try fixture.room("Bob's", .group, by: fixture.bob)
    try fixture.post("before", in: lobby, by: fixture.alice)
    let before = try fixture.chat.lastPosition()
    let user = try fixture.chat.updateProfile(displayName: " Alice L. ", statusText: "reading", by: fixture.alice.principal)
    #expect(user.displayName == "Alice L." && user.statusText == "reading" && user.username == "alice")
    let events = try fixture.journal().filter { $0.position > before }
    #expect(events.map(\.kind) == [.userUpdated, .userUpdated] && Set(events.compactMap(\.room)).count == 2)
    #expect(try JSONValue(events[0].data)["display_name"] == .string("Alice L."))
    #expect(try fixture.chat.user(fixture.alice.id, for: fixture.bob.principal).user == user)
    let again = try fixture.chat.updateProfile(displayName: "Alice L.", statusText: nil, by: fixture.alice.principal)
    #expect(
      try again == user && fixture.journal().last?.position == events.last?.position, "an update that changes nothing appends no event")
    #expect(try fixture.chat.updateProfile(displayName: nil, statusText: "", by: fixture.alice.principal).statusText == "")
  }

  @Test func `profile fields have bounds, and so has the rate of changes`() throws {
    let fixture = try ChatFixture()
    func fields(_ name: String?, _ status: String?) -> [String]? {
      refusal { try fixture.chat.updateProfile(displayName: name, statusText: status, by: fixture.alice.principal) }?.fields.map(\.field)
    }
    #expect(fields("", nil) == ["display_name"] && fields(String(repeating: "x", count: 65), nil) == ["display_name"])
    #expect(fields("Alice", String(repeating: "x", count: 251)) == ["status_text"] && fields(nil, "a\u{0}b") == ["status_text"])
    #expect(
      try fixture.chat.user(fixture.alice.id, for: fixture.bob.principal).user.displayName == "alice", "what was refused changes nothing")
    for number in 0..<Chat.profileChangesMax {
      _ = try fixture.chat.updateProfile(displayName: "Alice \(number)", statusText: nil, by: fixture.alice.principal)
    }
    let answer = refusal { try fixture.chat.updateProfile(displayName: "Alice again", statusText: nil, by: fixture.alice.principal) }
    #expect(answer?.code == .rateLimited && (1...600_000).contains(answer?.retryAfterMilliseconds ?? 0))
    _ = try fixture.chat.updateProfile(displayName: "Bob B.", statusText: nil, by: fixture.bob.principal)
    _ = try fixture.chat.commit { try $0.database.run("UPDATE profile_changes SET window_start = window_start - 600000") }
    _ = try fixture.chat.updateProfile(displayName: "Alice again", statusText: nil, by: fixture.alice.principal)
  }
}
