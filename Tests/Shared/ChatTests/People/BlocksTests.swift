// Blocking users.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct BlocksTests {
  private func direct(_ user: TestUser, with other: TestUser, in fixture: ChatFixture) throws -> String {
    try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id]), by: user.principal, idempotencyKey: nil
    )
    .view.room.id.text
  }

  @Test func `no direct message passes in either direction until Alice lifts the block`() throws {
    let fixture = try ChatFixture()
    let room = try direct(fixture.mallory, with: fixture.alice, in: fixture)
    try fixture.post("hello", in: room, by: fixture.mallory)
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    let blocked = refusal { try fixture.post("hello?", in: room, by: fixture.mallory) }
    #expect(blocked?.code == .forbidden)
    #expect(refusal { try fixture.post("go away", in: room, by: fixture.alice) } == blocked, "the error does not say who blocked whom")
    #expect(refusal { try fixture.edit(1, in: room, to: "an insult", by: fixture.mallory) } == blocked)
    #expect(refusal { try direct(fixture.mallory, with: fixture.alice, in: fixture) } == blocked)
    #expect(refusal { try direct(fixture.alice, with: fixture.mallory, in: fixture) } == blocked)
    try fixture.delete(1, in: room, by: fixture.mallory)
    #expect(try fixture.chat.page(of: room, .latest, limit: 5, for: fixture.alice.principal).count == 1)
    try fixture.chat.unblock(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.post("sorry", in: room, by: fixture.mallory)
  }

  @Test func `Mallory cannot add Alice to rooms, and in shared groups nothing changes`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.post("to all", in: lobby, by: fixture.mallory)
    #expect(refusal { try fixture.room("Trap", .group, by: fixture.mallory, with: [fixture.alice]) }?.code == .forbidden)
    let trap = try fixture.room("Trap", .group, by: fixture.mallory, with: [fixture.bob])
    #expect(
      refusal { try fixture.chat.putMember(fixture.alice.id, into: trap, role: nil, by: fixture.mallory.principal) }?.code == .forbidden)
    #expect(try fixture.chat.rooms(of: fixture.alice.principal, after: nil, limit: 10).map(\.room.id.text) == [lobby])
  }

  @Test func `blocks are visible to the store from both sides, and every change is in the journal once`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.chat.block(fixture.alice.id, by: fixture.bob.principal)
    let (alice, bob, mallory) = (fixture.alice.principal.user.rowID, fixture.bob.principal.user.rowID, fixture.mallory.principal.user.rowID)
    #expect(try fixture.read { try Presences.blockedEitherWay(ofUsers: [alice], $0) } == [alice: [bob, mallory]])
    #expect(try fixture.read { try Presences.blockedEitherWay(ofUsers: [mallory], $0) } == [mallory: [alice]])
    #expect(try fixture.read { try Blocks.blockers(of: mallory, $0) } == [alice])
    #expect(try fixture.read { try Blocks.blockers(of: alice, $0) } == [bob])
    #expect(try fixture.chat.blocks(of: fixture.alice.principal, after: 0, limit: 10).map(\.user.username) == ["mallory"])
    try fixture.chat.unblock(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.chat.unblock(fixture.mallory.id, by: fixture.alice.principal)
    #expect(try fixture.read { try Presences.blockedEitherWay(ofUsers: [mallory], $0) } == [:])
    let events = try fixture.journal()
    #expect(events.map(\.kind) == [.blocksChanged, .blocksChanged, .blocksChanged])
    #expect(events.map(\.user) == [alice, bob, alice])
    #expect(
      events.map { BlockChange(data: $0.data) } == [
        BlockChange(other: mallory, stands: true), BlockChange(other: alice, stands: true), BlockChange(other: mallory, stands: false),
      ])
  }

  @Test func `a block stands until both have lifted theirs`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.chat.block(fixture.alice.id, by: fixture.mallory.principal)
    try fixture.chat.unblock(fixture.mallory.id, by: fixture.alice.principal)
    try fixture.chat.unblock(fixture.alice.id, by: fixture.mallory.principal)
    #expect(try fixture.journal().map { BlockChange(data: $0.data)?.stands } == [true, true, true, false])
  }

  @Test func `who blocked is not mentioned by the other, and neither side is seen in the receipts of a message`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    for _ in 1...2 { try fixture.post("hello", in: lobby, by: fixture.bob) }
    for user in [fixture.alice, fixture.mallory] { try fixture.mark(lobby, read: 2, by: user) }
    func readers(for user: TestUser) throws -> Set<String> {
      Set(try fixture.chat.receipts(of: 1, in: lobby, for: user.principal, after: 0, limit: 10).map(\.user.text))
    }
    /// How many mentions the other one has unread after another one by `user`.
    func mentions(of other: TestUser, by user: TestUser) throws -> Int64 {
      try fixture.post("@\(other.principal.user.username)", in: lobby, by: user)
      try fixture.post("here", in: lobby, by: user)
      try fixture.edit(2, in: lobby, to: "@\(other.principal.user.username), and again \(other.id)", by: fixture.bob)
      try fixture.edit(2, in: lobby, to: "nobody", by: fixture.bob)
      let count = try fixture.chat.room(lobby, for: other.principal).membership?.mentions ?? 0
      _ = try fixture.mark(lobby, read: 1000, by: other)
      return count
    }
    let (alice, mallory) = (fixture.alice, fixture.mallory)
    for isBlocked in [false, true] {
      if isBlocked { try fixture.chat.block(mallory.id, by: alice.principal) }
      #expect(try readers(for: alice) == (isBlocked ? [alice.id] : [alice.id, mallory.id]))
      #expect(try readers(for: mallory) == (isBlocked ? [mallory.id] : [alice.id, mallory.id]))
      #expect(try readers(for: fixture.bob) == [alice.id, mallory.id])
      #expect(try mentions(of: alice, by: mallory) == (isBlocked ? 0 : 1))
      #expect(try mentions(of: mallory, by: alice) == 1)
    }
    #expect(try fixture.chat.user(mallory.id, for: alice.principal).presence == .unknown)
  }

  @Test func `a snapshot to resume from has the blocks of both sides`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
    func blocked(of user: TestUser) throws -> Set<UserRowID> {
      try fixture.chat.resume(user.principal.claim, since: nil, replayBufferStart: 0).blockedEitherWay
    }
    #expect(try blocked(of: fixture.alice) == [fixture.mallory.principal.user.rowID])
    #expect(try blocked(of: fixture.mallory) == [fixture.alice.principal.user.rowID] && blocked(of: fixture.bob) == [])
  }

  @Test func `nobody blocks themselves, an unknown user, or more users than the bound`() throws {
    let fixture = try ChatFixture()
    #expect(refusal { try fixture.chat.block(fixture.alice.id, by: fixture.alice.principal) }?.code == .conflict)
    for id in ["nobody", "", "a-b"] { #expect(refusal { try fixture.chat.block(id, by: fixture.alice.principal) } == .notFound) }
    let alice = fixture.alice.principal.user.rowID.value
    try fixture.chat.commit { transaction in
      for number in 0..<Chat.blocksMax {
        try transaction.database.run(
          "INSERT INTO users (public_id, username, display_name, created_at) VALUES (?, ?, 'x', 0)", .text("u\(number)"),
          .text("user\(number)"))
        try transaction.database.run(
          "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (?, last_insert_rowid(), 0)", .integer(alice))
      }
    }
    #expect(refusal { try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal) }?.code == .conflict)
    try fixture.chat.unblock("u1", by: fixture.alice.principal)
    try fixture.chat.block(fixture.mallory.id, by: fixture.alice.principal)
  }
}
