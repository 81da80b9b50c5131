// What people say of themselves.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct ProfileTests {
  @Test func `Alice changes her name, and each of her rooms is told once`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    _ = try house.room("Garden", .group, by: house.alice)
    _ = try house.room("Bob's", .group, by: house.bob)
    try house.say("before", in: lobby, by: house.alice)
    let before = try house.chat.lastPosition()
    let user = try house.chat.updateProfile(displayName: " Alice L. ", statusText: "reading", by: house.alice.actor)
    #expect(user.displayName == "Alice L." && user.statusText == "reading" && user.username == "alice")
    let told = try house.journal().filter { $0.position > before }
    #expect(told.map(\.kind) == [.userUpdated, .userUpdated] && Set(told.compactMap(\.room)).count == 2)
    #expect(try JSONValue(told[0].data)["display_name"] == .string("Alice L."))
    #expect(try house.chat.user(house.alice.id, for: house.bob.actor).user == user)
    let again = try house.chat.updateProfile(displayName: "Alice L.", statusText: nil, by: house.alice.actor)
    #expect(try again == user && house.journal().last?.position == told.last?.position, "what is so already is not told")
    #expect(try house.chat.updateProfile(displayName: nil, statusText: "", by: house.alice.actor).statusText == "")
  }

  @Test func `a profile has bounds, and so has changing it`() throws {
    let house = try House()
    func fields(_ name: String?, _ status: String?) -> [String]? {
      refusal { try house.chat.updateProfile(displayName: name, statusText: status, by: house.alice.actor) }?.fields.map(\.field)
    }
    #expect(fields("", nil) == ["display_name"] && fields(String(repeating: "x", count: 65), nil) == ["display_name"])
    #expect(fields("Alice", String(repeating: "x", count: 251)) == ["status_text"] && fields(nil, "a\u{0}b") == ["status_text"])
    #expect(try house.chat.user(house.alice.id, for: house.bob.actor).user.displayName == "alice", "what was refused changes nothing")
    for number in 0..<Chat.profileChangesMax {
      _ = try house.chat.updateProfile(displayName: "Alice \(number)", statusText: nil, by: house.alice.actor)
    }
    let answer = refusal { try house.chat.updateProfile(displayName: "Alice again", statusText: nil, by: house.alice.actor) }
    #expect(answer?.code == .rateLimited && (1...600_000).contains(answer?.retryAfterMilliseconds ?? 0))
    _ = try house.chat.updateProfile(displayName: "Bob B.", statusText: nil, by: house.bob.actor)
    try house.chat.commit { try $0.database.run("UPDATE profile_changes SET window_start = window_start - 600000") }
    _ = try house.chat.updateProfile(displayName: "Alice again", statusText: nil, by: house.alice.actor)
  }
}
