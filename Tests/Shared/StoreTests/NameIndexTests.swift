// Search for users and public rooms by name.
import Domain
import SQL
import Store
import TestSupport
import Testing
import TextSearch

@Suite struct NameIndexTests {
  private let store: TemporaryDatabase

  init() throws { store = try TemporaryDatabase() }

  private func add(_ username: String, _ displayName: String? = nil) throws {
    let name = try Username(username)
    try store.write { transaction in
      _ = try Users.insert(
        id: PublicID(trusted: String(username.filter { $0.isLetter || $0.isNumber })), username: name, displayName: displayName ?? username,
        email: nil, passwordHash: "", at: Timestamp(milliseconds: 0), transaction)
    }
  }

  private func findUsers(_ text: String, limit: Int = 200) throws -> [String] {
    try store.read { try Users.search(SearchQuery(text), after: nil, limit: limit, $0) }.map(\.user.username)
  }

  private func rooms(_ text: String) throws -> [String] {
    try store.read { try Rooms.search(SearchQuery(text), for: UserRowID(0), after: nil, limit: 200, $0) }.compactMap(\.view.room.name)
  }

  /// Throws if the full-text tables are inconsistent.
  private func checkIndex() throws {
    try store.write { transaction in
      for table in Self.checks { try transaction.database.run(table) }
    }
    #expect(try store.damages() == [])
  }

  private static let checks: [Statement] = [
    "INSERT INTO user_names (user_names) VALUES ('integrity-check')", "INSERT INTO room_names (room_names) VALUES ('integrity-check')",
    "INSERT INTO user_term_pieces (user_term_pieces, rank) VALUES ('integrity-check', 1)",
    "INSERT INTO room_term_pieces (room_term_pieces, rank) VALUES ('integrity-check', 1)",
  ]

  private func terms() throws -> Set<String> {
    Set(try store.read { try $0.all("SELECT term FROM user_terms UNION ALL SELECT term FROM room_terms") { $0.text(0) } })
  }

  // MARK: Order

  @Test func `full names come first, then prefixes, words, substrings and fuzzy matches`() throws {
    for (username, shown) in [
      ("bert", "Johanna Smith"), ("carl", "Carl Annabel"), ("yves", "Yves Anna"), ("xaver", "Anna Xaver"), ("annabel", "B"),
      ("will", "Anna"), ("anna", "Z"), ("anne", "Y"), ("zoe", "Ann"), ("nobody", "Nobody"),
    ] { try add(username, shown) }
    #expect(try findUsers("Anna") == ["anna", "will", "annabel", "xaver", "carl", "yves", "bert", "anne", "zoe"])
    #expect(try findUsers("anna", limit: 3) == ["anna", "will", "annabel"])
  }

  @Test func `equal matches come by name, page by page, each once`() throws {
    for number in (0..<300).shuffled() { try add("carol-\(number)", number % 3 == 0 ? "Carol \(number)" : "Carla") }
    for limit in [7, 100, 200] {
      var (seen, cursor) = ([String](), UserHitCursor?.none)
      while true {
        let after = cursor
        let page = try store.read { try Users.search(SearchQuery("carol"), after: after, limit: limit, $0) }
        guard let last = page.last else { break }
        seen += page.map(\.user.username)
        cursor = UserHitCursor(rank: last.rank, user: last.user.rowID.value)
      }
      #expect(seen == (0..<300).map { "carol-\($0)" }.sorted())
    }
  }

  @Test func `a user name ranks above equal display names`() throws {
    for number in 0..<60 { try add("aaa\(number)", "Root") }
    try add("root", "Zed")
    #expect(try findUsers("root", limit: 1) == ["root"])
  }

  @Test func `all words count, in whatever order`() throws {
    try add("ms87", "Maria Silva")
    try add("maria", "Maria Santos")
    try add("silva", "João Silva")
    #expect(try findUsers("maria silva") == ["ms87"])
    #expect(try findUsers("sil mar") == ["ms87"])
    #expect(try findUsers("maira silva") == ["ms87"])
    #expect(try findUsers("maria maria silva santos") == [])
  }

  // MARK: Typing errors

  @Test(arguments: [
    ("alexander", "a letter wrong", "alexanter"), ("alexander", "missing", "alexnder"), ("alexander", "doubled", "alexxander"),
    ("alexander", "swapped", "alexandre"), ("alexander", "two of them", "alxeandar"), ("alexander", "two together", "alexaxxer"),
    ("anna", "wrong", "enna"), ("anna", "missing", "annaa"), ("anna", "doubled", "annna"), ("anna", "swapped", "nana"),
    ("martin", "wrong at first", "nartin"), ("martin", "at last", "martim"), ("martin", "in the middle", "matrin"),
    ("martin", "missing at first", "artin"), ("katarzyna", "missing at last", "katarzyn"), ("svetlana", "eight letters", "svetlara"),
  ])
  func `a name with a typing error is found, and nobody else`(name: String, _: String, typed: String) throws {
    for other in ["bob", "mallory", "wolfgang", "guillermo", "beatrice"] { try add(other) }
    try add("x-1", "\(name.prefix(1).uppercased())\(name.dropFirst()) Lopez")
    #expect(try findUsers(typed) == ["x-1"])
    #expect(try findUsers("lopez \(typed)") == ["x-1"])
  }

  @Test func `short words have no fuzzy matches`() throws {
    try add("bob")
    for typed in ["bo", "b", "bbo", "pob", "ob", "bb"] {
      #expect(try findUsers(typed) == (["bo", "b", "ob"].contains(typed) ? ["bob"] : []), "\(typed)")
    }
  }

  @Test func `accents, case and script are no obstacle`() throws {
    try add("jose", "José Núñez")
    try add("eleni", "Ελένη Παππάς")
    try add("vlad", "Владимир Соколов")
    try add("tokyo", "東京太郎")
    try add("noor", "نورة")
    for (typed, wanted) in [
      ("JOSÉ", "jose"), ("nunez", "jose"), ("nuñes", "jose"), ("ΕΛΕΝΗ", "eleni"), ("παππας", "eleni"), ("παπας", "eleni"), ("влад", "vlad"),
      ("сокалов", "vlad"), ("владимри", "vlad"), ("京太", "tokyo"), ("郎", "tokyo"), ("東京太郎", "tokyo"), ("نور", "noor"), ("نورا", "noor"),
    ] { #expect(try findUsers(typed) == [wanted], "\(typed)") }
  }

  @Test func `any text is a query`() throws {
    try add("_under", "Under")
    try add("nul.nul", "AND OR NOT")
    for typed in [
      "\"", "'", "*", "^", "(", "a AND", "NEAR(", "{x}", ":", "\\", "%", "\u{0}", "\u{7f}", "NOT", "or", "\u{10ffff}", " ", "-",
      "user_names:1", "é\u{301}\u{301}",
    ] { #expect(try findUsers(typed).count <= 1, "\(typed)") }
    #expect(try findUsers("_") == ["_under"])
    #expect(try findUsers("not") == ["nul.nul"])
    #expect(throws: SearchQuery.TooLong.self) { try findUsers(String(repeating: "x", count: 513)) }
    #expect(throws: SearchQuery.TooLong.self) { try rooms(String(repeating: "x", count: 513)) }
    #expect(try findUsers(String(repeating: "x ", count: 250)) == [])
  }

  // MARK: Rooms

  @Test func `public rooms are found by name before topic, the larger first, with typing errors; other rooms never`() throws {
    let alice = try store.addUser("alice")
    func add(_ name: String, _ topic: String, _ kind: RoomKind = .public, members: Int64 = 0) throws {
      try store.write { transaction in
        let room = try Rooms.insert(
          id: PublicID(trusted: name), kind: kind, name: name, topic: topic, createdBy: alice.rowID, at: Timestamp(milliseconds: 0),
          transaction)
        try transaction.database.run("UPDATE rooms SET member_count = ? WHERE id = ?", .integer(members), .integer(room.value))
      }
    }
    try add("Garden", "")
    try add("Gardening", "For all", members: 2)
    try add("Beer garden", "", members: 1)
    try add("Kindergarden", "", members: 9)
    try add("Flowers", "In the garden", members: 90)
    try add("Gärten", "", members: 99)
    try add("Garden of secrets", "", .group, members: 100)
    #expect(try rooms("gArDeN") == ["Garden", "Gardening", "Beer garden", "Flowers", "Kindergarden", "Gärten"])
    #expect(try rooms("gardn") == ["Beer garden", "Flowers", "Garden"].sorted { $0 == "Flowers" && $1 != "Flowers" || $0 < $1 })
    #expect(try rooms("garten") == ["Gärten", "Flowers", "Beer garden", "Garden"])
    #expect(try rooms("secrets") == [])
    #expect(try rooms("flowers garden") == ["Flowers"])
    #expect(try rooms("%") == [] && rooms("_") == [])
  }

  @Test func `pages of rooms have each room once`() throws {
    let alice = try store.addUser("alice")
    for number in 0..<23 { _ = try store.addRoom("Row \(number)", .public, by: alice) }
    try store.write { try $0.database.run("UPDATE rooms SET member_count = id % 3") }
    for limit in [1, 4, 23, 100] {
      var (seen, cursor) = ([String](), RoomHitCursor?.none)
      while true {
        let after = cursor
        let page = try store.read { try Rooms.search(SearchQuery("row"), for: alice.rowID, after: after, limit: limit, $0) }
        guard let last = page.last else { break }
        seen += page.compactMap(\.view.room.name)
        cursor = RoomHitCursor(rank: last.rank, members: last.view.room.memberCount, room: last.view.room.rowID.value)
      }
      #expect(seen.count == 23 && Set(seen).count == 23)
      #expect(seen == (try rooms("row")))
    }
  }

  // MARK: What changes

  @Test func `a user is found by the new name and not by the old one, whose unused terms are removed`() throws {
    let ada = try store.addUser("ada")
    try add("bob", "Bob Lovelace")
    func rename(_ name: String) throws {
      let user = User(rowID: ada.rowID, id: ada.id, username: ada.username, displayName: name, statusText: "", createdAt: ada.createdAt)
      try store.write { try Users.setProfile(of: user, $0) }
    }
    try rename("Countess Lovelace")
    #expect(try findUsers("countess") == ["ada"])
    #expect(try findUsers("lovelace") == ["ada", "bob"])
    try rename("Ada King")
    #expect(try findUsers("countess") == [] && findUsers("lovelace") == ["bob"] && findUsers("king") == ["ada"])
    #expect(try terms() == ["ada", "king", "bob", "lovelace"])
    try checkIndex()
  }

  @Test func `an erased user is not found, and none of their terms is left`() throws {
    let eve = try store.addUser("eve")
    try add("bob", "Bob Moneypenny")
    try store.write { transaction in
      try Users.setProfile(
        of: User(rowID: eve.rowID, id: eve.id, username: "eve", displayName: "Eve Moneypenny", statusText: "", createdAt: eve.createdAt),
        transaction)
    }
    #expect(try findUsers("moneypeny") == ["bob", "eve"])
    try store.write { transaction in
      try Erasures.begin(
        eve.rowID, username: Username("deleted-1"), displayName: "Deleted user", at: Timestamp(milliseconds: 1), transaction)
    }
    #expect(try findUsers("moneypenny") == ["bob"])
    #expect(try findUsers("eve") == [] && findUsers("deleted") == [])
    #expect(try terms() == ["bob", "moneypenny"])
    try checkIndex()
  }

  @Test func `a room is found by its new name and not by the old one, and not at all once it is deleted`() throws {
    let alice = try store.addUser("alice")
    let room = try store.addRoom("Lobby", .public, by: alice)
    let den = try store.addRoom("Den", .group, by: alice)
    try store.write { try Rooms.update(room, name: nil, topic: "Talk of elephants", $0) }
    try store.write { try Rooms.update(den, name: "Hideout", topic: "Talk of elephants", $0) }
    #expect(try rooms("elephant") == ["Lobby"])
    try store.write { try Rooms.update(room, name: "Foyer", topic: nil, $0) }
    #expect(try rooms("lobby") == [] && rooms("foyer") == ["Foyer"] && rooms("elephents") == ["Foyer"])
    #expect(try rooms("hideout") == [])
    try store.write { try DeletedRooms.tombstone(room, announcedAt: 1, $0) }
    #expect(try rooms("foyer") == [] && rooms("elephants") == [])
    #expect(try terms() == ["alice"])
    try checkIndex()
  }

  @Test func `the index is consistent after any history`() throws {
    var random = SplitMix(seed: 31)
    let words = ["anna", "ana", "Bob", "Ünal", "東京", "x", "smith", "smit", "🦕", "van", "der", "Ελένη"]
    var users = try (0..<20).map { try store.addUser("user\($0)") }
    for round in 0..<300 {
      let index = random.int(0...users.count - 1)
      let old = users[index]
      if random.int(0...9) == 0 {
        try store.write { transaction in
          try Erasures.begin(
            old.rowID, username: Username("deleted-\(round)"), displayName: "Deleted user", at: Timestamp(milliseconds: 1), transaction)
        }
        users[index] = try store.addUser("new\(round)")
      } else {
        let name = (0...random.int(0...3)).map { _ in random.pick(words) }.joined(separator: " ")
        let user = User(
          rowID: old.rowID, id: old.id, username: old.username, displayName: name, statusText: "", createdAt: old.createdAt)
        try store.write { try Users.setProfile(of: user, $0) }
        users[index] = user
      }
    }
    try checkIndex()
    #expect(try terms() == Set(users.flatMap { FoldedText("\($0.username) \($0.displayName)").terms }))
  }

  // MARK: Old databases

  /// Or had one that knew nothing of them, as of letters that were folded otherwise, or of compounds.
  @Test(arguments: [0, 1, 9]) func `users and rooms of a database without an index of names are found once it is migrated`(
    _ migrationsMore: Int
  ) throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/echochat.db"
    let before =
      try #require(
        (1...Migrator.version).first { version in
          try Migrator.migrate(path: path, epoch: "e", through: version)
          return try Database(path: path, access: .reader).first("SELECT 1 FROM sqlite_master WHERE name = 'user_names'") { _ in true }
            == true
        }) - 1
    let old = directory.path + "/old.db"
    try Migrator.migrate(path: old, epoch: "e", through: before + migrationsMore)
    let writer = try Database(path: old, access: .writer)
    try writer.runScript(
      """
      INSERT INTO users (public_id, username, display_name, created_at, deleted_at) VALUES
        ('a', 'alice', 'Alice Großmann', 0, NULL), ('b', 'bob', 'Élodie', 0, NULL), ('c', 'deleted-7', 'Deleted user', 0, 5);
      INSERT INTO rooms (public_id, kind, name, topic, created_at, last_activity_at) VALUES
        ('r', 3, 'Garden', 'Bees and honey', 0, 0), ('g', 2, 'Garden club', '', 0, 0);
      """)
    #expect(try Migrator.migrate(path: old, epoch: "e") == Int64(before + migrationsMore))
    let reader = try Database(path: old, access: .reader)
    func findUsers(_ text: String) throws -> [String] {
      try Users.search(SearchQuery(text), after: nil, limit: 9, reader).map(\.user.username)
    }
    for (typed, wanted) in [("grossman", "alice"), ("großmann", "alice"), ("elodei", "bob"), ("alcie", "alice")] {
      #expect(try findUsers(typed) == [wanted], "\(typed)")
    }
    #expect(try findUsers("deleted") == [] && findUsers("user") == [])
    #expect(try Rooms.search(SearchQuery("gardne"), for: UserRowID(1), after: nil, limit: 9, reader).map(\.view.room.id.text) == ["r"])
    #expect(try Rooms.search(SearchQuery("honey"), for: UserRowID(1), after: nil, limit: 9, reader).map(\.view.room.id.text) == ["r"])
  }
}
