// Alice wants to have nothing to do with Mallory.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct BlocksTests {
  private func direct(_ person: Person, with other: Person, in house: House) throws -> String {
    try house.chat.makeRoom(NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id]), by: person.actor, idempotencyKey: nil)
      .view.room.id.text
  }

  @Test func `no direct message passes in either direction, until Alice takes the block back`() throws {
    let house = try House()
    let room = try direct(house.mallory, with: house.alice, in: house)
    try house.say("hello", in: room, by: house.mallory)
    try house.chat.block(house.mallory.id, by: house.alice.actor)
    let words = refusal { try house.say("hello?", in: room, by: house.mallory) }
    #expect(words?.code == .forbidden)
    #expect(refusal { try house.say("go away", in: room, by: house.alice) } == words, "who has blocked whom is not told")
    #expect(refusal { try house.edit(1, in: room, to: "an insult", by: house.mallory) } == words)
    #expect(refusal { try direct(house.mallory, with: house.alice, in: house) } == words)
    #expect(refusal { try direct(house.alice, with: house.mallory, in: house) } == words)
    try house.delete(1, in: room, by: house.mallory)
    #expect(try house.chat.page(of: room, .latest, limit: 5, for: house.alice.actor).count == 1)
    try house.chat.unblock(house.mallory.id, by: house.alice.actor)
    try house.say("sorry", in: room, by: house.mallory)
  }

  @Test func `Mallory cannot take Alice into rooms, and in rooms of many all goes on`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    try house.chat.block(house.mallory.id, by: house.alice.actor)
    try house.say("to all", in: lobby, by: house.mallory)
    #expect(refusal { try house.room("Trap", .group, by: house.mallory, with: [house.alice]) }?.code == .forbidden)
    let trap = try house.room("Trap", .group, by: house.mallory, with: [house.bob])
    #expect(refusal { try house.chat.putMember(house.alice.id, into: trap, role: nil, by: house.mallory.actor) }?.code == .forbidden)
    #expect(try house.chat.rooms(of: house.alice.actor, after: nil, limit: 10).map(\.room.id.text) == [lobby])
  }

  @Test func `who has blocked whom can be asked from both sides, and every change is in the journal once`() throws {
    let house = try House()
    try house.chat.block(house.mallory.id, by: house.alice.actor)
    try house.chat.block(house.mallory.id, by: house.alice.actor)
    try house.chat.block(house.alice.id, by: house.bob.actor)
    let (alice, bob, mallory) = (house.alice.actor.user.number, house.bob.actor.user.number, house.mallory.actor.user.number)
    #expect(try house.read { try Blocks.around(alice, $0) } == [bob, mallory])
    #expect(try house.read { try Blocks.around(mallory, $0) } == [alice])
    #expect(try house.read { try Blocks.blockers(of: mallory, $0) } == [alice])
    #expect(try house.read { try Blocks.blockers(of: alice, $0) } == [bob])
    #expect(try house.chat.blocks(of: house.alice.actor, after: 0, limit: 10).map(\.user.username) == ["mallory"])
    try house.chat.unblock(house.mallory.id, by: house.alice.actor)
    try house.chat.unblock(house.mallory.id, by: house.alice.actor)
    #expect(try house.read { try Blocks.around(mallory, $0) } == [])
    let told = try house.journal()
    #expect(told.map(\.kind) == [.blocksChanged, .blocksChanged, .blocksChanged])
    #expect(told.map(\.user) == [alice, bob, alice])
  }

  @Test func `nobody blocks herself, a stranger to the house, or more people than the bound`() throws {
    let house = try House()
    #expect(refusal { try house.chat.block(house.alice.id, by: house.alice.actor) }?.code == .conflict)
    for id in ["nobody", "", "a-b"] { #expect(refusal { try house.chat.block(id, by: house.alice.actor) } == .notFound) }
    let alice = house.alice.actor.user.number.number
    try house.chat.commit { transaction in
      for number in 0..<Chat.blocksMax {
        try transaction.database.run(
          "INSERT INTO users (public_id, username, display_name, created_at) VALUES (?, ?, 'x', 0)", .text("u\(number)"),
          .text("user\(number)"))
        try transaction.database.run(
          "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (?, last_insert_rowid(), 0)", .integer(alice))
      }
    }
    #expect(refusal { try house.chat.block(house.mallory.id, by: house.alice.actor) }?.code == .conflict)
    try house.chat.unblock("u1", by: house.alice.actor)
    try house.chat.block(house.mallory.id, by: house.alice.actor)
  }
}
