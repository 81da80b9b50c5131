// Account deletion and data export.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct ErasureTests {
  /// Every place of the database that holds this text.
  private func traces(of text: String, _ fixture: ChatFixture) throws -> [String] {
    try fixture.read { database in
      let tables = try database.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") { $0.text(0) }
      return try tables.filter { table in try Self.texts(of: table, database).contains { $0.lowercased().contains(text) } }
    }
  }

  /// What users have written into a table, or what identifies them.
  private static func texts(of table: String, _ database: Database) throws -> [String] {
    switch table {
    case "users":
      try database.all("SELECT username || ' ' || display_name || status_text || coalesce(email, '') FROM users") { $0.text(0) }
    case "messages": try database.all("SELECT json || ' ' || coalesce(client_id, '') FROM messages") { $0.text(0) }
    case "journal": try database.all("SELECT data || ' ' || coalesce(client_id, '') FROM journal") { $0.text(0) }
    case "sessions": try database.all("SELECT user_agent FROM sessions") { $0.text(0) }
    case "idempotency_keys": try database.all("SELECT key FROM idempotency_keys") { $0.text(0) }
    case "bans": try database.all("SELECT reason FROM bans") { $0.text(0) }
    case "reports": try database.all("SELECT reason FROM reports") { $0.text(0) }
    default: []
    }
  }

  @Test func `of a deleted account only the messages stay, under no name`() throws {
    let fixture = try ChatFixture()
    let signIn = try fixture.chat.register(
      username: "zelda", password: TestUser.password, email: "zelda@example.org", displayName: "Zelda Z.", userAgent: "zelda's phone",
      idempotencyKey: "zelda-1")
    let zelda = try fixture.logIn("zelda")
    let lobby = try fixture.lobby(fixture.bob, zelda)
    let own = try fixture.room("Garden", .group, by: zelda, with: [fixture.bob])
    let left = try fixture.room("Left", .group, by: fixture.alice, with: [zelda])
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: zelda.principal, idempotencyKey: nil
    ).view.room.id.text
    for room in [lobby, own, left, direct] { try fixture.post("the words stay", in: room, by: zelda, clientID: "zelda-\(room)") }
    try fixture.edit(1, in: own, to: "the words stay, edited", by: zelda)
    try fixture.chat.leave(left, by: zelda.principal)
    try fixture.chat.block(fixture.mallory.id, by: zelda.principal)
    _ = try fixture.chat.updateProfile(displayName: "Zelda Y.", statusText: "zelda is here", by: zelda.principal)
    #expect(try traces(of: "zelda", fixture).sorted() == ["idempotency_keys", "journal", "messages", "sessions", "users"])

    #expect(refusal { try fixture.chat.deleteAccount(password: "not the password", by: zelda.principal) }?.code == .badCredentials)
    #expect(try fixture.chat.user(zelda.id, for: fixture.bob.principal).user.username == "zelda")
    try fixture.chat.deleteAccount(password: TestUser.password, by: zelda.principal)

    #expect(try traces(of: "zelda", fixture) == [])
    let gone = try fixture.chat.user(zelda.id, for: fixture.bob.principal).user
    #expect(gone.displayName == Chat.deletedName && gone.username.hasPrefix("deleted-"))
    let json = try JSONValue(try fixture.chat.message(1, in: own, for: fixture.bob.principal))
    #expect(json["content"] == .string("the words stay, edited") && json["display_name"] == .string(Chat.deletedName))
    #expect(json["user_id"] == .string(zelda.id))
    #expect(try fixture.chat.room(own, for: fixture.bob.principal).membership?.role == .owner, "the room has a next owner")
    #expect(try fixture.chat.room(direct, for: fixture.bob.principal).other == gone)
    #expect(try fixture.journal().last?.kind == .accountErased)

    for token in [signIn.accessToken, zelda.signIn.accessToken] {
      #expect(refusal { try fixture.chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    }
    #expect(refusal { try fixture.logIn("zelda") }?.code == .badCredentials)
    #expect(refusal { try fixture.logIn("zelda@example.org") }?.code == .badCredentials)
    #expect(try fixture.chat.users(searchedBy: "deleted", after: nil, limit: 5).isEmpty)
    #expect(refusal { try fixture.room("New", .group, by: fixture.bob, with: [zelda]) }?.fields.map(\.field) == ["members"])
    #expect(refusal { try fixture.chat.putMember(zelda.id, into: lobby, role: nil, by: fixture.alice.principal) } == .notFound)
    #expect(try fixture.signUp("zelda").id != zelda.id, "the name is free again")
  }

  @Test func `requests in flight during an account deletion do not bring the account back`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.room("Lobby", .public, by: fixture.bob)
    let code = try fixture.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: fixture.bob.principal).invite.code.text
    let gone = Threads.run(4) { _ in
      refusal { try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.alice.principal) }?.code
    }
    #expect(gone.filter { $0 == nil }.count == 1, "asked for four times, it is done once")
    #expect(refusal { try fixture.chat.join(lobby, by: fixture.alice.principal) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.alice.principal) }?.code == .unauthenticated)
    #expect(refusal { try fixture.room("Own", .group, by: fixture.alice) }?.code == .unauthenticated)
    let renamed = refusal { try fixture.chat.updateProfile(displayName: "Alice", statusText: nil, by: fixture.alice.principal) }
    #expect(renamed?.code == .unauthenticated)
    #expect(try fixture.chat.members(of: lobby, for: fixture.bob.principal, after: 0, limit: 5).map(\.user.username) == ["bob"])
    #expect(try fixture.chat.user(fixture.alice.id, for: fixture.bob.principal).user.displayName == Chat.deletedName)
  }

  @Test func `an unfinished erasure is continued from where it stopped`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...450 { try fixture.post("\(number)", in: lobby, by: number % 2 == 0 ? fixture.alice : fixture.bob) }
    let alice = fixture.alice.principal.user.rowID
    // As if the program had died after the first transaction.
    try fixture.chat.commit { transaction in
      try Erasures.begin(alice, username: Username("deleted-1"), displayName: "Deleted user", at: Timestamp(milliseconds: 1), transaction)
    }
    #expect(try fixture.read { try Erasures.pending(limit: 5, $0) } == [alice])
    try fixture.chat.sweep()
    #expect(try fixture.read { try Erasures.pending(limit: 5, $0) } == [])
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM messages WHERE json LIKE '%alice%'") { $0.integer(0) } } == 0)
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM messages WHERE json LIKE '%Deleted user%'") { $0.integer(0) } } == 225)
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM journal WHERE data LIKE '%alice%'") { $0.integer(0) } } == 0)
    #expect(try fixture.chat.room(lobby, for: fixture.bob.principal).membership?.role == .owner)
  }

  @Test func `an export has all of the user's data, also from rooms they have left, and no other user's`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let left = try fixture.room("Left", .group, by: fixture.alice, with: [fixture.bob])
    for number in 1...150 {
      try fixture.post("alice \(number)", in: lobby, by: fixture.alice)
      try fixture.post("bob \(number)", in: lobby, by: fixture.bob)
      try fixture.post("bob left \(number)", in: left, by: fixture.bob)
    }
    try fixture.chat.leave(left, by: fixture.bob.principal)
    try fixture.chat.block(fixture.mallory.id, by: fixture.bob.principal)
    let accountExport = try fixture.chat.accountExport(of: fixture.bob.principal)
    #expect(accountExport.rooms.map(\.room.id.text) == [lobby] && accountExport.blocks.map(\.user.username) == ["mallory"])
    #expect(accountExport.sessions.count == 1 && accountExport.own?.email.address == nil)
    var texts: [String] = []
    var cursor: Int64? = 0
    while let next = cursor {
      let portion = try fixture.chat.messages(by: fixture.bob.principal, after: next)
      #expect(portion.messages.count <= Chat.exportMessagesMax)
      texts += try portion.messages.compactMap { try JSONValue($0.json)["content"]?.text }
      cursor = portion.next
    }
    #expect(texts == (1...150).map { "bob \($0)" } + (1...150).map { "bob left \($0)" })
  }
}
