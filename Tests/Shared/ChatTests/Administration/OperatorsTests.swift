// Operators: who is one, and that nobody else does their work.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct OperatorsTests {
  private func makeOperator(_ user: TestUser, _ fixture: ChatFixture) throws -> Operator {
    #expect(try fixture.chat.setOperator(true, .id(user.id), by: .tests))
    return try fixture.chat.operator(user.principal, address: "192.0.2.1")
  }

  /// What operators did, not that users were made and signed in: action, name at the command line, row of the actor and of the user, address.
  private func audit(_ fixture: ChatFixture) throws -> [[String]] {
    try fixture.read { database in
      try database.all(
        "SELECT action, actor_name, actor_id, user_id, address FROM audit WHERE action NOT IN ('user_made', 'sign_in') ORDER BY id"
      ) { row in
        (0...4).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) }
      }
    }
  }

  @Test func `nobody is an operator by default, not even the first account`() throws {
    let fixture = try ChatFixture()
    for user in [fixture.alice, fixture.bob, fixture.mallory] {
      #expect(refusal { try fixture.chat.operator(user.principal, address: nil) } == .notFound)
    }
    #expect(try fixture.chat.accounts(after: 0, limit: 9).allSatisfy { !$0.isOperator })
  }

  @Test func `who becomes an operator, or is one no longer, is told on their own devices`() throws {
    let fixture = try ChatFixture()
    for isOperator in [true, false] {
      _ = try fixture.chat.setOperator(isOperator, .id(fixture.bob.id), by: .tests)
      _ = try fixture.chat.setOperator(isOperator, .id(fixture.bob.id), by: .tests)
      let told = try fixture.journal().filter { $0.kind == .ownAccount }
      #expect(told.map(\.user) == [fixture.bob.principal.user.rowID])
      #expect(try told.map { try JSONValue($0.data)["operator"] } == [.bool(isOperator)])
    }
  }

  @Test func `the command line makes Alice an operator, and Alice makes Bob one; the audit says who did it`() throws {
    let fixture = try ChatFixture()
    let alice = try makeOperator(fixture.alice, fixture)
    #expect(try fixture.chat.setOperator(true, .id(fixture.bob.id), by: alice))
    #expect(try !fixture.chat.setOperator(true, .id(fixture.bob.id), by: alice))
    #expect(try fixture.chat.account("bob").isOperator)
    #expect(
      try audit(fixture) == [
        ["operator_made", "tests", "-", "1", "-"], ["operator_made", "-", "1", "2", "192.0.2.1"],
      ])
  }

  @Test func `every verb asks in its transaction whether the operator still is one`() throws {
    let fixture = try ChatFixture()
    let chat = fixture.chat
    let lobby = try fixture.lobby()
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let mallory = try makeOperator(fixture.mallory, fixture)
    let code = try chat.makeRegistrationCode(uses: nil, expiresInSeconds: nil, by: mallory).code.code.text
    #expect(try chat.setOperator(false, .username("mallory"), by: .tests))
    let before = try (audit(fixture), fixture.journal().count)
    let user = AccountReference.username("bob")
    let room = RoomReference.id(lobby)
    let verbs: [() throws -> Any] = [
      { try chat.accounts(after: 0, limit: 9, for: mallory) }, { try chat.account(user, for: mallory) },
      { try chat.makeAccount(username: "carol", by: mallory) }, { try chat.rename(user, to: "rob", by: mallory) },
      { try chat.setPassword("a long walk home", of: user, by: mallory) }, { try chat.makePasswordLink(for: user, by: mallory) },
      { try chat.deleteAccount(user, by: mallory) },
      { try chat.sessions(of: user, for: mallory) }, { try chat.endSessions(of: user, id: nil, by: mallory) },
      { try chat.suspend(user, by: mallory) }, { try chat.unsuspend(user, by: mallory) },
      { try chat.setOperator(true, .username("mallory"), by: mallory) }, { try chat.administeredRooms(after: 0, limit: 9, for: mallory) },
      { try chat.administeredRoom(room, for: mallory) }, { try chat.members(of: room, after: 0, limit: 9, for: mallory) },
      { try chat.updateRoom(room, name: "Mine", topic: nil, by: mallory) }, { try chat.deleteRoom(room, by: mallory) },
      { try chat.reports(after: 0, limit: 9, for: mallory) }, { try chat.resolveReports(of: 1, in: room, by: mallory) },
      { try chat.message(1, in: room, for: mallory) }, { try chat.deleteMessage(1, in: room, by: mallory) },
      { try chat.say("psst", in: room, by: mallory) }, { try chat.say("psst", in: room, as: .username("alice"), by: mallory) },
      { try chat.makeRegistrationCode(uses: nil, expiresInSeconds: nil, by: mallory) },
      { try chat.registrationCodes(after: 0, limit: 9, for: mallory) }, { try chat.revokeRegistrationCode(code, by: mallory) },
      { try chat.setDefault(true, room: lobby, by: mallory) }, { try chat.setOwner("bob", room: lobby, by: mallory) },
      { try chat.createPublicRoom(name: "Market", by: mallory) },
    ]
    for (index, verb) in verbs.enumerated() { #expect(refusal(of: verb) == .notFound, "verb \(index)") }
    let after = try (audit(fixture), fixture.journal().count)
    #expect(after == before)
  }

  @Test func `each act is recorded once, under its own name`() throws {
    let fixture = try ChatFixture()
    let chat = fixture.chat
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    _ = try chat.report(1, in: lobby, reason: nil, by: fixture.bob.principal)
    let (carol, bob, room) = (AccountReference.username("carol"), AccountReference.username("bob"), RoomReference.id(lobby))
    var code = ""
    let acts: [(AuditAction, () throws -> Any)] = [
      (.userMade, { try chat.makeAccount(username: "kate", by: .tests) }),
      (.userRenamed, { try chat.rename(.username("kate"), to: "carol", by: .tests) }),
      (.passwordReset, { try chat.makePasswordLink(for: carol, by: .tests) }),
      (.passwordReset, { try chat.setPassword("a long walk home", of: carol, by: .tests) }),
      (.userSuspended, { try chat.suspend(carol, by: .tests) }), (.userUnsuspended, { try chat.unsuspend(carol, by: .tests) }),
      (.operatorMade, { try chat.setOperator(true, carol, by: .tests) }),
      (.operatorUnmade, { try chat.setOperator(false, carol, by: .tests) }),
      (.userDeleted, { try chat.deleteAccount(carol, by: .tests) }),
      (.sessionEnded, { try chat.endSessions(of: bob, id: nil, by: .tests) }),
      (.roomMade, { try chat.createPublicRoom(name: "Market", by: .tests) }),
      (.roomDefaultSet, { try chat.setDefault(true, room: "Market", by: .tests) }),
      (.roleChanged, { try chat.setOwner("bob", room: lobby, by: .tests) }),
      (.roomRenamed, { try chat.updateRoom(room, name: "Hall", topic: nil, by: .tests) }),
      (.saidAs, { try chat.say("x", in: room, by: .tests) }),
      (.saidAs, { try chat.say("x", in: room, as: bob, by: .tests) }),
      (.messageShownToOperator, { try chat.message(1, in: room, for: .tests) }),
      (.messageDeletedByOperator, { try chat.deleteMessage(1, in: room, by: .tests) }),
      (.reportResolvedByOperator, { try chat.resolveReports(of: 1, in: room, by: .tests) }),
      (.roomDeleted, { try chat.deleteRoom(room, by: .tests) }),
      (.registrationCodeMade, { code = try chat.makeRegistrationCode(uses: 1, expiresInSeconds: nil, by: .tests).code.code.text }),
      (.registrationCodeRevoked, { try chat.revokeRegistrationCode(code, by: .tests) }),
    ]
    for (action, act) in acts {
      let before = try chat.auditEntries(about: nil, since: nil, action: nil, limit: 1000).count
      _ = try act()
      let entries = try chat.auditEntries(about: nil, since: nil, action: nil, limit: 1000).dropFirst(before)
      #expect(entries.map(\.action) == [action.rawValue] && entries.allSatisfy { $0.actor == .commandLine("tests") }, "\(entries)")
    }
  }

  @Test func `a signed-out operator does nothing more`() throws {
    let fixture = try ChatFixture()
    let alice = try makeOperator(fixture.alice, fixture)
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try fixture.chat.suspend(.username("bob"), by: alice) }?.code == .unauthenticated)
    #expect(try fixture.chat.account("bob").suspendedAt == nil)
  }

  @Test func `a suspended or deleted account is no operator, and neither are codes of theirs any good`() throws {
    let fixture = try ChatFixture()
    for (user, end) in [
      (fixture.alice, { _ = try fixture.chat.suspend("alice") }),
      (fixture.bob, { try fixture.chat.deleteAccount(.username("bob"), by: .tests) }),
      (fixture.mallory, { _ = try fixture.chat.setOperator(false, .username("mallory"), by: .tests) }),
    ] {
      let `operator` = try makeOperator(user, fixture)
      _ = try fixture.chat.makeRegistrationCode(uses: 5, expiresInSeconds: nil, by: `operator`)
      try end()
      #expect(try fixture.read { try !Users.isOperator(user.principal.user.rowID, $0) })
      #expect(try fixture.chat.registrationCodes(after: 0, limit: 9, for: .tests).isEmpty)
    }
    #expect(refusal { try fixture.chat.setOperator(true, .username("alice"), by: .tests) }?.code == .conflict)
    _ = try fixture.chat.unsuspend("alice")
    #expect(try !fixture.chat.account("alice").isOperator, "the flag does not come back by itself")
  }

  @Test func `the last operator may step down, and the command line makes another`() throws {
    let fixture = try ChatFixture()
    let alice = try makeOperator(fixture.alice, fixture)
    #expect(try fixture.chat.setOperator(false, .id(fixture.alice.id), by: alice))
    #expect(refusal { try fixture.chat.operator(fixture.alice.principal, address: nil) } == .notFound)
    #expect(try fixture.chat.setOperator(true, .username("bob"), by: .tests))
  }

  @Test func `what operators tell others is charged to them, what the command line tells to nobody`() throws {
    let fixture = try ChatFixture { $0.eventRate = RateLimit(count: 2, windowMilliseconds: 60_000) }
    let alice = try makeOperator(fixture.alice, fixture)
    for _ in 1...2 { _ = try fixture.chat.makeRegistrationCode(uses: nil, expiresInSeconds: nil, by: alice) }
    let error = refusal { try fixture.chat.suspend(.username("bob"), by: alice) }
    #expect(error?.code == .rateLimited && error?.limit?.name == .events)
    #expect(try fixture.chat.suspend("bob"))
  }
}
