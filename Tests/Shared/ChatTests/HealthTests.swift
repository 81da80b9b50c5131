// Readiness: whether a write can go through, and who may read when no file can be opened any more.
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct HealthTests {
  /// Fails at its commit, as on a disk that cannot be written to.
  private static let failing: Chat.Change<Void> = { transaction in
    try transaction.database.run("PRAGMA defer_foreign_keys = ON")
    try transaction.database.run("INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (-1, -1, 1, 0)")
  }

  private static func look(_ chat: Chat) throws -> Bool {
    StoreHealth.look(try Database(path: chat.settings.databasePath, access: .reader), chat.policy, chat.writer)
  }

  @Test func `a chat is ready once its store is watched`() throws {
    let fixture = try ChatFixture()
    #expect(!fixture.chat.isReady)
    try fixture.chat.startHealthChecks(readers: 2)
    #expect(fixture.chat.isReady)
    fixture.chat.stopHealthChecks()
  }

  @Test func `a look after a failed commit commits something itself, and is content if that succeeds`() throws {
    let fixture = try ChatFixture()
    #expect(throws: StoreError.self) { try fixture.chat.commit(Self.failing) }
    #expect(fixture.chat.policy.needsProbe)
    #expect(try Self.look(fixture.chat))
    #expect(!fixture.chat.policy.needsProbe)
  }

  @Test func `a look writes nothing while commits succeed`() throws {
    let fixture = try ChatFixture()
    let other = try Database(path: fixture.chat.settings.databasePath, access: .reader)
    let version = try other.first("PRAGMA data_version") { $0.integer(0) }
    for _ in 0..<3 { #expect(try Self.look(fixture.chat)) }
    #expect(try other.first("PRAGMA data_version") { $0.integer(0) } == version)
  }

  @Test func `a chat that cannot write is not ready`() throws {
    let fixture = try ChatFixture()
    #expect(throws: StoreError.self) { try fixture.chat.commit(Self.failing) }
    fixture.chat.writer.stop()
    #expect(try !Self.look(fixture.chat), "the commit that a look tries is refused")
  }

  @Test func `a reader of the journal has a connection of its own`() throws {
    let fixture = try ChatFixture()
    _ = try fixture.lobby()
    let last = try fixture.chat.lastPosition()
    let reader = try JournalReader(fixture.chat)
    let path = fixture.chat.settings.databasePath
    #expect(rename(path, path + ".elsewhere") == 0)
    fixture.chat.readers.empty()
    #expect(throws: StoreError.self) { try fixture.chat.lastPosition() }
    #expect(try reader.events(after: 0).entries.last?.position == last && last > 0)
  }

  @Test func `a commit that fails for the disk is refused with 503, to be tried again`() {
    for (code, word) in [(13, ChatError.Code.unavailable), (10, .unavailable), (8, .unavailable), (5, .busy)] as [(Int32, ChatError.Code)] {
      let error = ChatError(mapping: StoreError(sqliteCode: code, message: "", sql: ""))
      #expect(error.code == word && error.retryAfterMilliseconds == 1000)
    }
  }
}
