// The operator's work on rooms and messages.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct RoomAdministrationTests {
  private let fixture: ChatFixture
  private let (lobby, den, direct): (String, String, String)
  private var chat: Chat { fixture.chat }

  init() throws {
    fixture = try ChatFixture()
    lobby = try fixture.lobby(fixture.bob)
    den = try fixture.room("Den", .group, by: fixture.alice, with: [fixture.bob])
    direct = try fixture.room("", .direct, by: fixture.alice, with: [fixture.bob])
  }

  @Test func `the operator sees rooms of every kind, with their members`() throws {
    #expect(try chat.administeredRooms(after: 0, limit: 9, for: .tests).map(\.room.id.text) == [lobby, den, direct])
    let first = try #require(try chat.administeredRooms(after: 0, limit: 1, for: .tests).first)
    #expect(try chat.administeredRooms(after: first.room.rowID.value, limit: 1, for: .tests).map(\.room.id.text) == [den])
    for room in [lobby, den, direct] {
      #expect(try chat.members(of: .nameOrID(room), after: 0, limit: 9, for: .tests).map(\.user.username) == ["alice", "bob"])
    }
    #expect(try !chat.administeredRoom(.nameOrID("Lobby"), for: .tests).isDefault)
    _ = try chat.setDefault(true, room: "Lobby")
    #expect(try chat.administeredRoom(.nameOrID("Lobby"), for: .tests).isDefault)
    for name in ["Den", "Nowhere", ""] { #expect(refusal { try chat.administeredRoom(.nameOrID(name), for: .tests) }?.code == .notFound) }
    #expect(refusal { try chat.administeredRoom(.id("Lobby"), for: .tests) }?.code == .notFound)
  }

  @Test func `a renamed room is told of`() throws {
    for room in [lobby, den] {
      #expect(try chat.updateRoom(.id(room), name: " News ", topic: nil, by: .tests).room.name == "News")
      let event = try #require(try fixture.journal().last)
      #expect(try event.kind == .roomUpdated && JSONValue(event.data)["name"] == .string("News"))
    }
    #expect(try chat.room(lobby, for: fixture.bob.principal).room.name == "News")
    #expect(refusal { try chat.updateRoom(.id(direct), name: "Us", topic: nil, by: .tests) }?.code == .conflict)
    #expect(refusal { try chat.updateRoom(.id(den), name: "\u{200b}", topic: nil, by: .tests) }?.code == .invalidField)
  }

  @Test func `a deleted room of any kind is gone for its members`() throws {
    for room in [lobby, den, direct] {
      #expect(try chat.deleteRoom(.id(room), by: .tests).id.text == room)
      #expect(try fixture.journal().last?.kind == .roomDeleted)
      #expect(refusal { try chat.room(room, for: fixture.alice.principal) }?.code == .notFound)
      #expect(refusal { try chat.deleteRoom(.id(room), by: .tests) }?.code == .notFound)
    }
  }

  @Test func `the operator sees all reports and settles them`() throws {
    for (room, text) in [(lobby, "first"), (den, "second")] {
      try fixture.post(text, in: room, by: fixture.alice)
      _ = try chat.report(1, in: room, reason: "rude", by: fixture.bob.principal)
    }
    let reports = try chat.reports(after: 0, limit: 9, for: .tests)
    #expect(reports.map(\.roomID.text) == [lobby, den] && reports.allSatisfy { $0.reason == "rude" && $0.reporter.username == "bob" })
    try chat.resolveReports(of: 1, in: .id(lobby), by: .tests)
    #expect(try chat.reports(after: 0, limit: 9, for: .tests).map(\.roomID.text) == [den])
    #expect(refusal { try chat.resolveReports(of: 1, in: .id(lobby), by: .tests) }?.code == .notFound)
  }

  @Test func `the operator sees and deletes a message of any room; the event names who did`() throws {
    _ = try chat.setOperator(true, .username("mallory"), by: .tests)
    let mallory = try chat.operator(fixture.mallory.principal, address: nil)
    for room in [lobby, den, direct] {
      try fixture.post("a zebrafish, @bob", in: room, by: fixture.alice)
      try fixture.post("another", in: room, by: fixture.alice)
      #expect(try JSONValue(chat.message(1, in: .id(room), for: .tests))["content"] == .string("a zebrafish, @bob"))
      #expect(try JSONValue(chat.deleteMessage(1, in: .id(room), by: .tests))["deleted"] == .bool(true))
      let system = try chat.account("system").user.id.text
      func deleter() throws -> JSONValue? {
        let event = try #require(try fixture.journal().last { $0.kind == .messageDeleted })
        return try JSONValue(event.data)["deleted_by"]
      }
      #expect(try deleter() == .string(system))
      #expect(try chat.room(room, for: fixture.bob.principal).membership?.mentions == 0)
      _ = try chat.deleteMessage(2, in: .id(room), by: mallory)
      #expect(try deleter() == .string(fixture.mallory.id))
      let count = try fixture.journal().count
      _ = try chat.deleteMessage(2, in: .id(room), by: mallory)
      #expect(try fixture.journal().count == count, "once is enough")
      #expect(try !fixture.journal().contains { String(decoding: $0.data, as: UTF8.self).contains("zebrafish") })
      #expect(refusal { try chat.message(3, in: .id(room), for: .tests) }?.code == .notFound)
    }
  }

  @Test func `the service says something as a user that nobody can sign in as, and is no member`() throws {
    let posted = try chat.say("Maintenance at six, @bob", in: .nameOrID("Lobby"), by: .tests)
    let message = try JSONValue(posted.json)
    #expect(message["username"] == .string("system") && message["seq"] == .integer(1) && posted.isNew)
    #expect(try fixture.journal().last { $0.kind == .newMessage }?.data == posted.json)
    #expect(try chat.room(lobby, for: fixture.bob.principal).membership?.mentions == 1)
    #expect(try chat.room(lobby, for: fixture.bob.principal).membership?.unread == 1)
    #expect(try chat.room(lobby, for: fixture.bob.principal).room.memberCount == 2)
    for room in [den, direct] { #expect(try chat.say("here, too", in: .id(room), by: .tests).seq == 1) }
    #expect(try fixture.post("thanks", in: direct, by: fixture.bob).seq == 2)
    #expect(try chat.accounts(after: 0, limit: 99).filter(\.isSystem).count == 1)
    #expect(refusal { try chat.say(" ", in: .id(lobby), by: .tests) }?.code == .invalidField)
    #expect(refusal { try chat.say("hello?", in: .nameOrID("Nowhere"), by: .tests) }?.code == .notFound)
  }

  @Test func `who is called system already keeps the name`() throws {
    _ = try chat.makeAccount(username: "system", by: .tests)
    let posted = try JSONValue(chat.say("hello", in: .id(lobby), by: .tests).json)
    #expect(posted["username"]?.text?.hasPrefix("system-") == true)
    #expect(try !chat.account("system").isSystem)
  }

  @Test func `the operator says something in the name of a member, and of nobody else`() throws {
    let posted = try chat.say("I am Bob", in: .id(den), as: .username("bob"), by: .tests)
    #expect(try JSONValue(posted.json)["username"] == .string("bob"))
    #expect(try chat.room(den, for: fixture.bob.principal).membership?.unread == 0)
    #expect(refusal { try chat.say("x", in: .id(den), as: .username("mallory"), by: .tests) }?.code == .conflict)
    #expect(refusal { try chat.say("x", in: .id(den), as: .username("nobody"), by: .tests) }?.code == .notFound)
    #expect(try chat.say("x", in: .id(direct), as: .username("bob"), by: .tests).isNew)
    try chat.block(fixture.bob.id, by: fixture.alice.principal)
    #expect(refusal { try chat.say("x", in: .id(direct), as: .username("bob"), by: .tests) }?.code == .forbidden, "no more than Bob may")
    _ = try chat.suspend("bob")
    #expect(refusal { try chat.say("x", in: .id(den), as: .username("bob"), by: .tests) }?.code == .conflict)
  }

  @Test func `a message said twice under one key is one message`() throws {
    let first = try chat.say("hello", in: .id(lobby), clientID: "k", by: .tests)
    let second = try chat.say("hello", in: .id(lobby), clientID: "k", by: .tests)
    #expect(first.isNew && !second.isNew && first.seq == second.seq)
    #expect(refusal { try chat.say("other", in: .id(lobby), clientID: "k", by: .tests) }?.code == .clientIDReused)
  }
}
