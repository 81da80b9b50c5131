// Alice goes for good, and takes her data along.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct ErasureTests {
  /// Every place of the database that holds this text.
  private func traces(of text: String, _ house: House) throws -> [String] {
    try house.read { database in
      let tables = try database.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") { $0.text(0) }
      return try tables.filter { table in try Self.texts(of: table, database).contains { $0.lowercased().contains(text) } }
    }
  }

  /// What people have written into a table, or what tells who they are.
  private static func texts(of table: String, _ database: Database) throws -> [String] {
    switch table {
    case "users":
      try database.all("SELECT username || ' ' || display_name || status_text || coalesce(email, '') FROM users") { $0.text(0) }
    case "messages": try database.all("SELECT json || ' ' || coalesce(client_id, '') FROM messages") { $0.text(0) }
    case "journal": try database.all("SELECT data FROM journal") { $0.text(0) }
    case "sessions": try database.all("SELECT user_agent FROM sessions") { $0.text(0) }
    case "idempotency_keys": try database.all("SELECT key FROM idempotency_keys") { $0.text(0) }
    case "bans": try database.all("SELECT reason FROM bans") { $0.text(0) }
    case "reports": try database.all("SELECT reason FROM reports") { $0.text(0) }
    default: []
    }
  }

  @Test func `nothing of Alice stays but what she said, under nobody's name`() throws {
    let house = try House()
    let signIn = try house.chat.register(
      username: "zelda", password: Person.password, email: "zelda@example.org", displayName: "Zelda Z.", userAgent: "zelda's phone",
      idempotencyKey: "zelda-1")
    let zelda = try house.logIn("zelda")
    let lobby = try house.lobby(house.bob, zelda)
    let own = try house.room("Garden", .group, by: zelda, with: [house.bob])
    let left = try house.room("Left", .group, by: house.alice, with: [zelda])
    let direct = try house.chat.makeRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [house.bob.id]), by: zelda.actor, idempotencyKey: nil
    ).view.room.id.text
    for room in [lobby, own, left, direct] { try house.say("the words stay", in: room, by: zelda, clientID: "zelda-\(room)") }
    try house.edit(1, in: own, to: "the words stay, edited", by: zelda)
    try house.chat.leave(left, by: zelda.actor)
    try house.chat.block(house.mallory.id, by: zelda.actor)
    _ = try house.chat.updateProfile(displayName: "Zelda Y.", statusText: "zelda is here", by: zelda.actor)
    #expect(try traces(of: "zelda", house).sorted() == ["idempotency_keys", "journal", "messages", "sessions", "users"])

    #expect(refusal { try house.chat.deleteAccount(password: "not hers at all", by: zelda.actor) }?.code == .badCredentials)
    #expect(try house.chat.user(zelda.id, for: house.bob.actor).user.username == "zelda")
    try house.chat.deleteAccount(password: Person.password, by: zelda.actor)

    #expect(try traces(of: "zelda", house) == [])
    let gone = try house.chat.user(zelda.id, for: house.bob.actor).user
    #expect(gone.displayName == Chat.deletedName && gone.username.hasPrefix("deleted-"))
    let json = try JSONValue(try house.chat.message(1, in: own, for: house.bob.actor))
    #expect(json["content"] == .string("the words stay, edited") && json["display_name"] == .string(Chat.deletedName))
    #expect(json["user_id"] == .string(zelda.id))
    #expect(try house.chat.room(own, for: house.bob.actor).membership?.role == .owner, "her room has an heir")
    #expect(try house.chat.room(direct, for: house.bob.actor).other == gone)
    #expect(try house.journal().last?.kind == .accountErased)

    for token in [signIn.accessToken, zelda.signIn.accessToken] {
      #expect(refusal { try house.chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    }
    #expect(refusal { try house.logIn("zelda") }?.code == .badCredentials)
    #expect(refusal { try house.logIn("zelda@example.org") }?.code == .badCredentials)
    #expect(try house.chat.users(searchedBy: "deleted", after: nil, limit: 5).isEmpty)
    #expect(refusal { try house.room("New", .group, by: house.bob, with: [zelda]) }?.fields.map(\.field) == ["members"])
    #expect(refusal { try house.chat.putMember(zelda.id, into: lobby, role: nil, by: house.alice.actor) } == .notFound)
    #expect(try house.signUp("zelda").id != zelda.id, "the name is free again")
  }

  @Test func `what was on its way when Alice went makes no ghost of her`() throws {
    let house = try House()
    let lobby = try house.room("Lobby", .public, by: house.bob)
    let code = try house.chat.invite(to: lobby, expiresInSeconds: nil, uses: nil, by: house.bob.actor).invite.code.text
    let gone = Threads.run(4) { _ in refusal { try house.chat.deleteAccount(password: Person.password, by: house.alice.actor) }?.code }
    #expect(gone.filter { $0 == nil }.count == 1, "asked for four times, it is done once")
    _ = try house.chat.join(lobby, by: house.alice.actor)
    _ = try house.chat.acceptInvite(code, by: house.alice.actor)
    #expect(refusal { try house.room("Hers", .group, by: house.alice) } == .notFound)
    let renamed = refusal { try house.chat.updateProfile(displayName: "Alice", statusText: nil, by: house.alice.actor) }
    #expect(renamed?.code == .unauthenticated)
    #expect(try house.chat.members(of: lobby, for: house.bob.actor, after: 0, limit: 5).map(\.user.username) == ["bob"])
    #expect(try house.chat.user(house.alice.id, for: house.bob.actor).user.displayName == Chat.deletedName)
  }

  @Test func `what was not done while Alice waited is done later, from where it stood`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...450 { try house.say("\(number)", in: lobby, by: number % 2 == 0 ? house.alice : house.bob) }
    let alice = house.alice.actor.user.number
    // As if the program had died after the first transaction.
    try house.chat.commit { transaction in
      try Erasures.begin(alice, username: Username("deleted-1"), displayName: "Deleted user", at: Timestamp(milliseconds: 1), transaction)
    }
    #expect(try house.read { try Erasures.pending(limit: 5, $0) } == [alice])
    try house.chat.sweep()
    #expect(try house.read { try Erasures.pending(limit: 5, $0) } == [])
    #expect(try house.read { try $0.first("SELECT count(*) FROM messages WHERE json LIKE '%alice%'") { $0.integer(0) } } == 0)
    #expect(try house.read { try $0.first("SELECT count(*) FROM messages WHERE json LIKE '%Deleted user%'") { $0.integer(0) } } == 225)
    #expect(try house.read { try $0.first("SELECT count(*) FROM journal WHERE data LIKE '%alice%'") { $0.integer(0) } } == 0)
    #expect(try house.chat.room(lobby, for: house.bob.actor).membership?.role == .owner)
  }

  @Test func `Bob's export has all that is his, also from rooms he has left, and nothing of Alice's`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let left = try house.room("Left", .group, by: house.alice, with: [house.bob])
    for number in 1...150 {
      try house.say("alice \(number)", in: lobby, by: house.alice)
      try house.say("bob \(number)", in: lobby, by: house.bob)
      try house.say("bob left \(number)", in: left, by: house.bob)
    }
    try house.chat.leave(left, by: house.bob.actor)
    try house.chat.block(house.mallory.id, by: house.bob.actor)
    let dossier = try house.chat.dossier(of: house.bob.actor)
    #expect(dossier.rooms.map(\.room.id.text) == [lobby] && dossier.blocks.map(\.user.username) == ["mallory"])
    #expect(dossier.devices.count == 1 && dossier.email == nil)
    var words: [String] = []
    var cursor: Int64? = 0
    while let next = cursor {
      let portion = try house.chat.messages(saidBy: house.bob.actor, after: next)
      #expect(portion.said.count <= Chat.exportMessagesMax)
      words += try portion.said.compactMap { try JSONValue($0.json)["content"]?.text }
      cursor = portion.next
    }
    #expect(words == (1...150).map { "bob \($0)" } + (1...150).map { "bob left \($0)" })
  }
}
