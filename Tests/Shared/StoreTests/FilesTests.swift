// Files in the database: their totals are right, and none that goes is forgotten on the disk, whichever way its row goes.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct FilesTests {
  private static func file(_ id: String, bytes: Int64 = 4096, _ purpose: FilePurpose = .attachment) -> FileRecord {
    let info = FileInfo(
      id: PublicID(trusted: id), name: "\(id).txt", mediaType: "text/plain", size: 1, width: nil, height: nil, hasThumbnail: false)
    return FileRecord(info: info, purpose: purpose, content: "text", sha256: [UInt8](repeating: 0, count: 32), diskBytes: bytes)
  }

  private static func totals(_ store: TemporaryDatabase, _ user: User) throws -> [Int64] {
    let totals = try store.read { try Files.diskBytes(of: user.rowID, $0) }
    return [totals.user, totals.total]
  }

  private static func removed(_ store: TemporaryDatabase) throws -> Set<String> {
    Set(try store.read { try Files.removed(limit: 100, $0) }.map(\.text))
  }

  @Test func `what goes is uncounted and handed on to be deleted, once`() throws {
    let store = try TemporaryDatabase()
    let (alice, bob) = (try store.addUser("alice"), try store.addUser("bob"))
    let room = try store.addRoom("room", by: alice)
    try store.write { transaction in
      for id in ["a1", "a2", "a3"] { try Files.insert(Self.file(id), by: alice.rowID, at: Timestamp(milliseconds: 1), transaction) }
      try Files.insert(Self.file("b1", bytes: 8192), by: bob.rowID, at: Timestamp(milliseconds: 5), transaction)
      let message = try TemporaryDatabase.post(to: room, by: alice, transaction)
      try Files.attach([PublicID(trusted: "a1")], to: message, transaction)
    }
    #expect(try Self.totals(store, alice) == [12_288, 20_480] && Self.totals(store, bob) == [8192, 20_480])
    try store.write { try Files.remove(of: MessageID(room: room, seq: 1), $0) }
    try store.write { try Files.remove(PublicID(trusted: "a2"), $0) }
    #expect(try Self.removed(store) == ["a1", "a2"] && Self.totals(store, alice) == [4096, 12_288])
    // Age alone decides, and only of what is in no message.
    #expect(try store.write { try Files.removeUnattached(before: Timestamp(milliseconds: 5), limit: 10, $0) } == 1)
    #expect(try Self.removed(store) == ["a1", "a2", "a3"] && Self.totals(store, alice) == [0, 8192])
    try store.write { try Files.forgetRemoved([PublicID(trusted: "a1"), PublicID(trusted: "a3")], $0) }
    #expect(try Self.removed(store) == ["a2"])
  }

  @Test func `an account that goes takes its files and its picture`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    try store.write { transaction in
      try Files.insert(Self.file("a1"), by: alice.rowID, at: Timestamp(milliseconds: 1), transaction)
      try Files.insert(Self.file("me", .avatar), by: alice.rowID, at: Timestamp(milliseconds: 1), transaction)
      try Files.setAvatar(PublicID(trusted: "me"), of: alice.rowID, transaction)
      #expect(try Users.find(alice.id, transaction.database)?.avatar?.text == "me")
      // A picture waits for no message.
      #expect(try Files.removeUnattached(before: Timestamp(milliseconds: 9), limit: 10, transaction) == 1)
      try Files.insert(Self.file("a2"), by: alice.rowID, at: Timestamp(milliseconds: 1), transaction)
      try Erasures.begin(alice.rowID, username: try Username("deleted-x"), displayName: "x", at: Timestamp(milliseconds: 2), transaction)
      #expect(try Files.remove(of: alice.rowID, limit: 1, transaction) == 1)
      #expect(try Files.remove(of: alice.rowID, limit: 9, transaction) == 1 && Files.remove(of: alice.rowID, limit: 9, transaction) == 0)
    }
    #expect(try Self.removed(store) == ["a1", "a2", "me"] && store.read { try Users.find(alice.id, $0)?.avatar } == nil)
    #expect(try store.damages() == [])
  }

  @Test func `a room that is deleted takes the files of its messages, and of no other room`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try ["r1", "r2", "r3"].map { try store.addRoom($0, by: alice) }
    try store.write { transaction in
      for (index, room) in rooms.enumerated() {
        for number in 0..<3 {
          let id = "f\(index)\(number)"
          try Files.insert(Self.file(id), by: alice.rowID, at: Timestamp(milliseconds: 1), transaction)
          try Files.attach([PublicID(trusted: id)], to: try TemporaryDatabase.post(to: room, by: alice, transaction), transaction)
        }
      }
      try DeletedRooms.tombstone(rooms[1], announcedAt: 1, transaction)
    }
    while try store.write({ try DeletedRooms.purge(limit: 2, $0) }) {}
    #expect(try Self.removed(store) == ["f10", "f11", "f12"] && Self.totals(store, alice)[1] == 6 * 4096)
  }

  @Test func `who may read a file is what the room says of them`() throws {
    let store = try TemporaryDatabase()
    let (alice, bob) = (try store.addUser("alice"), try store.addUser("bob"))
    let room = try store.addRoom("room", .public, by: alice)
    let id = PublicID(trusted: "a1")
    try store.write { try Files.insert(Self.file("a1"), by: alice.rowID, at: Timestamp(milliseconds: 1), $0) }
    #expect(try store.read { try Files.unattached(id, of: bob.rowID, $0) } == nil)
    #expect(try store.read { try Files.unattached(id, of: alice.rowID, $0) } != nil)
    try store.write { transaction in
      try Files.attach([id], to: try TemporaryDatabase.post(to: room, by: alice, transaction), transaction)
      #expect(try Files.unattached(id, of: alice.rowID, transaction.database) == nil)
      let access = try Files.access(to: id, of: bob.rowID, transaction.database)
      #expect(access?.uploader == alice.rowID && access?.message == MessageID(room: room, seq: 1))
      #expect(access?.roomKind == .public && access?.role == nil && access?.content == "text")
    }
    #expect(try store.read { try Files.ids(withPrefix: "a1", $0) } == ["a1"] && store.read { try Files.ids(withPrefix: "a2", $0) } == [])
  }

  @Test func `a database from before files has messages without any and users without a picture`() throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/echochat.db"
    try Migrator.migrate(path: path, epoch: "old", through: 17)
    try Database(path: path, access: .writer).runScript(
      """
      INSERT INTO users (id, public_id, username, display_name, created_at) VALUES (1, 'u1', 'alice', 'Alice', 1);
      INSERT INTO rooms (id, public_id, kind, name, created_at, last_seq, last_activity_at) VALUES (1, 'r1', 2, 'Den', 1, 1, 1);
      INSERT INTO messages (id, user_id, position, json) VALUES (4294967297, 1, 1, '{"seq":1}');
      """)
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    let user = try #require(try Users.find(PublicID(trusted: "u1"), database))
    #expect(try user.avatar == nil && user.displayName == "Alice" && Files.diskBytes(of: user.rowID, database) == (0, 0))
    #expect(try Messages.find(MessageID(row: 4_294_967_297), database) != nil)
  }
}
