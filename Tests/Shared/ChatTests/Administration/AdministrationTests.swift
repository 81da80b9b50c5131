// The operator's commands.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct AdministrationTests {
  @Test func `every new user joins the default rooms, in the transaction of the registration`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    _ = try fixture.chat.setDefault(true, room: "Lobby")
    let carol = try fixture.signUp("carol")
    #expect(try fixture.chat.rooms(of: carol.principal, after: nil, limit: 5).map(\.room.id.text) == [lobby])
    #expect(try fixture.chat.room(lobby, for: carol.principal).membership?.role == .member)
    let event = try #require(try fixture.journal().last)
    #expect(try event.kind == .memberJoined && JSONValue(event.data)["reason"] == .string("default"))
    #expect(try fixture.chat.rooms(of: fixture.bob.principal, after: nil, limit: 5).isEmpty, "who was there before is free to join")
    _ = try fixture.chat.setDefault(false, room: lobby)
    #expect(try fixture.chat.rooms(of: fixture.signUp("dave").principal, after: nil, limit: 5).isEmpty)
  }

  @Test func `the operator creates the one room of a simple chat and makes Alice its owner`() throws {
    let fixture = try ChatFixture()
    let id = try fixture.chat.createPublicRoom(name: "Everyone")
    #expect(refusal { try fixture.chat.createPublicRoom(name: "Everyone") }?.code == .conflict)
    _ = try fixture.chat.setDefault(true, room: "Everyone")
    #expect(try fixture.chat.setOwner("Alice", room: id.text).id == id)
    #expect(try fixture.chat.room(id.text, for: fixture.alice.principal).membership?.role == .owner)
    let carol = try fixture.signUp("carol")
    try fixture.chat.removeMember(carol.id, from: id.text, by: fixture.alice.principal)
    _ = try fixture.chat.setOwner("carol", room: "Everyone")
    _ = try fixture.chat.setOwner("carol", room: "Everyone")
    #expect(try fixture.chat.room(id.text, for: carol.principal).membership?.role == .owner)
    #expect(try fixture.chat.room(id.text, for: carol.principal).room.memberCount == 2)
  }

  @Test func `a name that several public rooms have is rejected`() throws {
    let fixture = try ChatFixture()
    _ = try fixture.room("Twice", .public, by: fixture.alice)
    let second = try fixture.room("Twice", .public, by: fixture.bob)
    let group = try fixture.room("Hidden", .group, by: fixture.alice)
    #expect(refusal { try fixture.chat.setDefault(true, room: "Twice") }?.detail.contains(second) == true)
    #expect(try fixture.chat.setDefault(true, room: second).id.text == second)
    for name in ["Hidden", group, "Nowhere"] { #expect(refusal { try fixture.chat.setDefault(true, room: name) }?.code == .notFound) }
    #expect(refusal { try fixture.chat.setOwner("nobody", room: second) }?.code == .notFound)
    for number in 1..<Chat.defaultRoomsMax {
      _ = try fixture.chat.setDefault(true, room: fixture.room("d\(number)", .public, by: fixture.bob))
    }
    #expect(refusal { try fixture.chat.setDefault(true, room: fixture.room("one more", .public, by: fixture.bob)) }?.code == .conflict)
  }

  @Test func `a suspended user is rejected by every API`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.mallory)
    try fixture.post("x", in: lobby, by: fixture.mallory)
    #expect(try fixture.chat.suspend("Mallory"))
    #expect(try !fixture.chat.suspend("mallory"))
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .userSuspended && event.user == fixture.mallory.principal.user.rowID)
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.mallory.signIn.accessToken) }?.code == .suspended)
    #expect(refusal { try fixture.chat.refresh(fixture.mallory.signIn.refreshToken) }?.code == .suspended)
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.mallory) }?.code == .suspended)
    #expect(refusal { try fixture.edit(1, in: lobby, to: "y", by: fixture.mallory) }?.code == .suspended)
    #expect(try fixture.chat.account("mallory").suspendedAt != nil && fixture.chat.account("mallory").rooms == 1)

    #expect(try fixture.chat.unsuspend("mallory"))
    #expect(try !fixture.chat.unsuspend("mallory"))
    #expect(refusal { try fixture.chat.authenticate(accessToken: fixture.mallory.signIn.accessToken) }?.code == .unauthenticated)
    try fixture.post("back", in: lobby, by: fixture.logIn("mallory"))
    #expect(try fixture.chat.accounts(after: 0, limit: 2).map(\.user.username) == ["alice", "bob"])
    for name in ["nobody", "not a name"] { #expect(refusal { try fixture.chat.suspend(name) } != nil) }
  }
}
