// Searching while the index is far behind, damaged or gone.
import Chat
import Configuration
import Domain
import Glibc
import Posix
import SQL
import SearchIndex
import Store
import TestSupport
import Testing
import TextSearch
import Wire

@Suite struct SearchIndexLagTests {
  /// All hits of a search, page by page, and how many pages that took.
  private func walk(
    _ text: String, _ fixture: ChatFixture, as user: TestUser, room: String? = nil, order: MessageSearch.Order = .newest, limit: Int = 50
  ) throws -> (found: [String], pages: Int) {
    let search = try MessageSearch(text: text, room: room, author: nil, after: nil, before: nil, order: order)
    var (found, pages, cursor) = ([String](), 0, SearchCursor?.none)
    repeat {
      let page = try fixture.chat.search(search, after: cursor, limit: limit, for: user.principal)
      found += try page.hits.map { try #require(Message(json: $0.json)?.content) }
      (cursor, pages) = (page.next, pages + 1)
    } while cursor != nil
    return (found, pages)
  }

  /// Many messages at once, in the form in which they are stored, by Alice: "hay 1" and so on.
  private func makeHay(_ count: Int, in room: String, _ fixture: ChatFixture) throws {
    let database = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    let row = try database.first("SELECT id FROM rooms WHERE public_id = ?", .text(room)) { RoomRowID($0.integer(0)) }
    try fixture.chat.commit { try Messages.moveTail(of: try #require(row), $0) }
    try database.run("BEGIN IMMEDIATE")
    try database.run(
      """
      WITH RECURSIVE hay (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM hay WHERE n < ?2)
      INSERT INTO journal (kind, room_id, previous, created_at, seq, data)
      SELECT 1, r.id, 0, 0, r.last_seq + n, '{"room_id":"' || ?1 || '","seq":' || (r.last_seq + n) || ',"user_id":"' || ?3
        || '","username":"alice","display_name":"alice","content":"hay ' || n
        || '","client_id":null,"reply_to":null,"attachments":[],"mentions":[],"reactions":{},"created_at":"2026-01-01T00:00:00.000Z",'
        || '"edited_at":null,"deleted":false}'
      FROM hay JOIN rooms r ON r.public_id = ?1
      """, .text(room), .integer(Int64(count)), .text(fixture.alice.id))
    try database.run(
      """
      INSERT INTO messages (id, user_id, position, json)
      SELECT j.room_id << 32 | json_extract(j.data, '$.seq'), u.id, j.position, j.data
      FROM journal j JOIN users u ON u.username = 'alice' WHERE j.created_at = 0
      """)
    try database.run(
      """
      UPDATE rooms SET last_seq = last_seq + ?2, last_position = (SELECT max(position) FROM journal) WHERE public_id = ?1
      """, .text(room), .integer(Int64(count)))
    try database.run("COMMIT")
  }

  private func settle(_ fixture: ChatFixture) throws {
    try settle(fixture, try SearchIndexing(fixture.chat))
  }

  /// As the daemon does: an index that turns out to be lost is made anew the next time.
  private func settle(_ fixture: ChatFixture, _ indexer: SearchIndexing) throws {
    while true {
      do {
        if try indexer.next() == .upToDate { return }
      } catch {
        try #require(indexer.isLost, "\(error)")
      }
    }
  }

  @Test(arguments: [MessageSearch.Order.newest, .best]) func `an index that is far behind hides no messages, old or new`(
    _ order: MessageSearch.Order
  ) throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby(fixture.bob)
    let den = try fixture.room("Den", .group, by: fixture.alice, with: [fixture.bob])
    for text in ["a needle, indexed", "to be edited", "a needle to be edited", "a needle to be deleted", "haystack"] {
      try fixture.post(text, in: room, by: fixture.alice)
    }
    try settle(fixture)
    try fixture.post("a needle, just not indexed", in: room, by: fixture.alice)
    try fixture.edit(2, in: room, to: "now a needle", by: fixture.alice)
    try fixture.edit(3, in: room, to: "no longer", by: fixture.alice)
    try fixture.delete(4, in: room, by: fixture.alice)
    try makeHay(25_000, in: room, fixture)
    try fixture.post("a needle in the den", in: den, by: fixture.bob)
    let wanted = ["a needle in the den", "a needle, just not indexed", "now a needle", "a needle, indexed"]
    let everywhere = try walk("needle", fixture, as: fixture.bob, order: order)
    #expect(everywhere.found == wanted)
    // In pages that each cost no more than a page may.
    #expect((10...60).contains(everywhere.pages))
    #expect(try walk("needle", fixture, as: fixture.bob, room: room, order: order).found == Array(wanted.dropFirst()))
    #expect(try walk("needle", fixture, as: fixture.bob, room: den, order: order) == (["a needle in the den"], 1))
    // What is nowhere as it was typed is looked for in likeness, whatever the number of pages.
    #expect(try walk("haystakc", fixture, as: fixture.bob, order: order).found == ["haystack"])
    // Every hit once, also where there are many in each portion.
    let hay = try walk("hay", fixture, as: fixture.bob, room: room, order: order, limit: 200).found
    #expect(hay.count == 25_001 && Set(hay).count == 25_001)
  }

  @Test func `more edits than a search reads hide no messages`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    for number in 1...20 { try fixture.post("before \(number)", in: room, by: fixture.alice) }
    try settle(fixture)
    for seq in 1...20 { try fixture.edit(Int64(seq), in: room, to: "after \(seq)", by: fixture.alice) }
    // 101 edit events per message.
    let database = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    try database.run(
      """
      WITH RECURSIVE turns (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turns WHERE n < 100)
      INSERT INTO journal (kind, room_id, previous, message_id, created_at, seq, data)
      SELECT kind, room_id, previous, message_id, created_at, seq, data FROM turns JOIN journal ON kind = 2
      """)
    #expect(try walk("after", fixture, as: fixture.alice).found.count == 20)
    #expect(try walk("before", fixture, as: fixture.alice).found == [])
    // The index gets edits first, however much else there is.
    try makeHay(5000, in: room, fixture)
    let indexer = try SearchIndexing(fixture.chat)
    for _ in 0..<3 { #expect(try indexer.next() == .behind) }
    let state = try #require(try indexer.writer.state())
    #expect(state.editedThrough > state.indexedThrough)
    #expect(try walk("after", fixture, as: fixture.alice).found.count == 20)
  }

  // MARK: Damage

  enum Damage: CaseIterable {
    case missing, empty, text, another, cutInHalf, rubbish, zeros
  }

  /// In the file itself, as it lies on the disk once the log has been copied into it.
  private func damage(_ fixture: ChatFixture, _ damage: Damage) throws {
    let path = fixture.chat.settings.searchIndexPath
    try #require(try Checkpoint.all(path) > 20 * 4096)
    let file = open(path, O_RDWR)
    defer { close(file) }
    let bytes = lseek(file, 0, SEEK_END)
    func write(_ block: [UInt8], at offset: Int) { #expect(pwrite(file, block, block.count, offset) == block.count) }
    var random = SplitMix(seed: 3)
    switch damage {
    case .missing: unlink(path)
    case .empty: ftruncate(file, 0)
    case .text:
      ftruncate(file, 0)
      write(Array("Dear diary, today somebody wrote into the wrong file.\n".utf8), at: 0)
    case .another:
      unlink(path)
      let other = try Database(path: path, access: .writer)
      try other.runScript("CREATE TABLE state (x); INSERT INTO state VALUES (1)")
    case .cutInHalf: ftruncate(file, bytes / 2)
    case .rubbish, .zeros:
      for offset in stride(from: 4096 * 2, to: bytes, by: 4096) {
        write((0..<4096).map { _ in damage == .zeros ? 0 : UInt8(truncatingIfNeeded: random.int(0...255)) }, at: offset)
      }
    }
  }

  private enum Checkpoint {
    /// Copies the log, and answers the file's bytes.
    static func all(_ path: String) throws -> Int64 {
      let database = try Database(path: path, access: .indexer)
      try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
      var status = stat()
      return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
  }

  @Test(arguments: Damage.allCases) func `a damaged index hides nothing, and is rebuilt`(_ damage: Damage) throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby(fixture.bob)
    try fixture.post("a needle at the beginning", in: room, by: fixture.alice)
    try makeHay(1000, in: room, fixture)
    try fixture.post("a needle at the end", in: room, by: fixture.alice)
    let wanted = ["a needle at the end", "a needle at the beginning"]
    try settle(fixture)
    #expect(try walk("needle", fixture, as: fixture.bob) == (wanted, 1))

    // Once while an indexer has the file open, and once before one starts.
    let indexer = try SearchIndexing(fixture.chat)
    for isRunning in [true, false] {
      let name = try fixture.read(Meta.searchIndex)
      try self.damage(fixture, damage)
      // No user gets an error, and no message is missing.
      for word in ["hay 999", "hay 500"] { #expect(try walk(word, fixture, as: fixture.bob).found.count >= 1) }
      #expect(try walk("needle", fixture, as: fixture.bob).found == wanted)
      if isRunning {
        try settle(fixture, indexer)
      } else {
        try settle(fixture)
      }
      let another = try fixture.read(Meta.searchIndex)
      #expect(another != nil && another != name)
      #expect(try walk("needle", fixture, as: fixture.bob) == (wanted, 1))
    }
  }
}
