// A chat whose database is replaced while it runs acknowledges nothing more; one that is closed leaves one whole file.
import Configuration
import Glibc
import Posix
import TestSupport
import Testing

@testable import Chat

@Suite struct ReplacedDatabaseTests {
  private let directory = TemporaryDirectory()
  private let reasons = Lock<[String]>([])

  private func makeChat() throws -> Chat {
    var settings = Settings()
    settings.data = directory.path
    settings.passwordCost = .minimum
    let reasons = reasons
    return try Chat(settings: settings, onReplaced: { reason in reasons.withLock { $0.append(reason) } })
  }

  private func register(_ name: String, _ chat: Chat) throws {
    _ = try chat.register(
      username: name, password: TestUser.password, email: nil, displayName: nil, userAgent: "tests", idempotencyKey: nil)
  }

  @Test(arguments: ["replaced", "deleted"])
  func `what is committed to a file that is gone is not acknowledged, and the reason is told`(way: String) throws {
    let chat = try makeChat()
    try register("alice", chat)
    #expect(chat.directory.isCurrent)
    let path = chat.settings.databasePath
    TemporaryDirectory.write(try TextFile.bytes(path), to: path + ".copy")
    if way == "replaced" { rename(path + ".copy", path) } else { unlink(path) }
    #expect(throws: (any Error).self) { try register("bob", chat) }
    #expect(reasons.withLock { $0.first }?.contains("replaced") == true)
    #expect(!chat.directory.isCurrent)
    chat.stop()
  }

  @Test func `a chat that is closed leaves one file without a log, and answers no more`() throws {
    let chat = try makeChat()
    try register("alice", chat)
    try chat.startCheckpointing()
    let path = chat.settings.databasePath
    #expect(access(path + "-wal", F_OK) == 0)
    chat.stop()
    chat.stopCheckpointing()
    chat.close()
    #expect(access(path + "-wal", F_OK) != 0)
    #expect(throws: (any Error).self) { try chat.lastPosition() }
    #expect(reasons.withLock { $0 } == [])
  }
}
