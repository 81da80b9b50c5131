// What the operator does from the command line.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct OperatorTests {
  @Test func `a default room takes in every new user, in the transaction that makes her`() throws {
    let house = try House()
    let lobby = try house.lobby()
    _ = try house.chat.setDefault(true, room: "Lobby")
    let carol = try house.signUp("carol")
    #expect(try house.chat.rooms(of: carol.actor, after: nil, limit: 5).map(\.room.id.text) == [lobby])
    #expect(try house.chat.room(lobby, for: carol.actor).membership?.role == .member)
    let told = try #require(try house.journal().last)
    #expect(try told.kind == .memberJoined && JSONValue(told.data)["reason"] == .string("default"))
    #expect(try house.chat.rooms(of: house.bob.actor, after: nil, limit: 5).isEmpty, "who was there before is free to join")
    _ = try house.chat.setDefault(false, room: lobby)
    #expect(try house.chat.rooms(of: house.signUp("dave").actor, after: nil, limit: 5).isEmpty)
  }

  @Test func `the operator makes the one room of a simple chat and gives it to Alice`() throws {
    let house = try House()
    let id = try house.chat.makePublicRoom(name: "Everyone")
    #expect(refusal { try house.chat.makePublicRoom(name: "Everyone") }?.code == .conflict)
    _ = try house.chat.setDefault(true, room: "Everyone")
    #expect(try house.chat.setOwner("Alice", room: id.text).id == id)
    #expect(try house.chat.room(id.text, for: house.alice.actor).membership?.role == .owner)
    let carol = try house.signUp("carol")
    try house.chat.removeMember(carol.id, from: id.text, by: house.alice.actor)
    _ = try house.chat.setOwner("carol", room: "Everyone")
    _ = try house.chat.setOwner("carol", room: "Everyone")
    #expect(try house.chat.room(id.text, for: carol.actor).membership?.role == .owner)
    #expect(try house.chat.room(id.text, for: carol.actor).room.memberCount == 2)
  }

  @Test func `only one public room can be meant`() throws {
    let house = try House()
    _ = try house.room("Twice", .public, by: house.alice)
    let second = try house.room("Twice", .public, by: house.bob)
    let group = try house.room("Hidden", .group, by: house.alice)
    #expect(refusal { try house.chat.setDefault(true, room: "Twice") }?.detail.contains(second) == true)
    #expect(try house.chat.setDefault(true, room: second).id.text == second)
    for name in ["Hidden", group, "Nowhere"] { #expect(refusal { try house.chat.setDefault(true, room: name) }?.code == .notFound) }
    #expect(refusal { try house.chat.setOwner("nobody", room: second) }?.code == .notFound)
    for number in 1..<Chat.defaultRoomsMax { _ = try house.chat.setDefault(true, room: house.room("d\(number)", .public, by: house.bob)) }
    #expect(refusal { try house.chat.setDefault(true, room: house.room("one more", .public, by: house.bob)) }?.code == .conflict)
  }

  @Test func `Mallory, suspended, is out by every door, and what she says is not heard`() throws {
    let house = try House()
    let lobby = try house.lobby(house.mallory)
    try house.say("x", in: lobby, by: house.mallory)
    #expect(try house.chat.suspend("Mallory"))
    #expect(try !house.chat.suspend("mallory"))
    let told = try #require(try house.journal().last)
    #expect(told.kind == .userSuspended && told.user == house.mallory.actor.user.number)
    #expect(refusal { try house.chat.authenticate(accessToken: house.mallory.signIn.accessToken) }?.code == .suspended)
    #expect(refusal { try house.chat.refresh(house.mallory.signIn.refreshToken) }?.code == .suspended)
    #expect(refusal { try house.say("x", in: lobby, by: house.mallory) }?.code == .suspended)
    #expect(refusal { try house.edit(1, in: lobby, to: "y", by: house.mallory) }?.code == .suspended)
    #expect(try house.chat.account("mallory").suspendedAt != nil && house.chat.account("mallory").rooms == 1)

    #expect(try house.chat.unsuspend("mallory"))
    #expect(try !house.chat.unsuspend("mallory"))
    #expect(refusal { try house.chat.authenticate(accessToken: house.mallory.signIn.accessToken) }?.code == .unauthenticated)
    try house.say("back", in: lobby, by: house.logIn("mallory"))
    #expect(try house.chat.accounts(after: 0, limit: 2).map(\.user.username) == ["alice", "bob"])
    for name in ["nobody", "not a name"] { #expect(refusal { try house.chat.suspend(name) } != nil) }
  }
}
