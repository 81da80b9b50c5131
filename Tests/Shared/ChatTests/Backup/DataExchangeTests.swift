// The exchange of old data for new: the one or the other, whenever it is cut short.
import Configuration
import Glibc
import Posix
import TestSupport
import Testing

@testable import Chat

@Suite struct DataExchangeTests {
  private let directory = TemporaryDirectory()
  private var settings: Settings {
    var settings = Settings()
    settings.data = directory.path + "/d"
    return settings
  }
  private var data: String { settings.data }

  private struct Refused: Error {}

  /// A directory with old data, and new ones that are ready.
  private func prepared() throws -> DataExchange {
    try makeDirectories([(data + "/files/ab", 0o700), (data + "/keys", 0o700), (data + "/log", 0o700)])
    for name in ["echochat.db", "echochat.db-wal", "search.db", "echochat.identity", "lock", "last-backup", "files/ab/c", "keys/k"] {
      TemporaryDirectory.write(Array("old".utf8), to: "\(data)/\(name)")
    }
    let exchange = try DataExchange(settings)
    try makeDirectories([(exchange.new + "/files/xy", 0o700), (exchange.new + "/keys", 0o700)])
    for name in ["echochat.db", "files/xy/z", "keys/k"] { TemporaryDirectory.write(Array("new".utf8), to: "\(exchange.new)/\(name)") }
    return exchange
  }

  private func text(_ name: String) -> String? { try? TextFile.read("\(data)/\(name)") }

  private func expectOld() {
    #expect(
      TemporaryDirectory.names(in: data) == [
        "echochat.db", "echochat.db-wal", "echochat.identity", "files", "keys", "last-backup", "lock", "log", "search.db",
      ])
    #expect(text("echochat.db") == "old" && text("files/ab/c") == "old" && text("keys/k") == "old" && text("files/xy/z") == nil)
    #expect(TemporaryDirectory.names(in: directory.path) == ["d"])
  }

  @Test func `the new data are in the place of the old ones, which are aside with their identity`() throws {
    let aside = try #require(try prepared().run(time: "T", hasKeys: true) {})
    #expect(aside == data + ".before-restore-T")
    #expect(TemporaryDirectory.names(in: data) == ["echochat.db", "echochat.identity", "files", "keys", "last-backup", "lock", "log"])
    #expect(text("echochat.db") == "new" && text("files/xy/z") == "new" && text("files/ab/c") == nil && text("keys/k") == "new")
    #expect(
      TemporaryDirectory.names(in: aside) == ["echochat.db", "echochat.db-wal", "echochat.identity", "files", "keys", "search.db"])
    #expect(try DataExchange.undo(settings) == false)
  }

  @Test func `keys stay where the new data have none`() throws {
    let exchange = try prepared()
    try removeTree(exchange.new + "/keys")
    let aside = try #require(try exchange.run(time: "T", hasKeys: false) {})
    #expect(text("keys/k") == "old" && text("echochat.db") == "new")
    #expect(!TemporaryDirectory.names(in: aside).contains("keys"))
  }

  @Test(arguments: [true, false]) func `what is refused in the end is undone, however often that is tried`(hasKeys: Bool) throws {
    let exchange = try prepared()
    if !hasKeys { try removeTree(exchange.new + "/keys") }
    #expect(throws: Refused.self) {
      try exchange.run(time: "T", hasKeys: hasKeys) {
        #expect(text("echochat.db") == "new")
        TemporaryDirectory.write(Array("changed".utf8), to: settings.identityPath)
        TemporaryDirectory.write([1], to: data + "/echochat.db-wal")
        throw Refused()
      }
    }
    #expect(try DataExchange.undo(settings))
    expectOld()
    #expect(text("echochat.identity") == "old")
    #expect(try DataExchange.undo(settings) == false)
  }

  @Test func `what was made before anything was exchanged is removed`() throws {
    _ = try prepared()
    #expect(try DataExchange.undo(settings))
    expectOld()
  }

  @Test func `directories that a start has made meanwhile are in nobody's way`() throws {
    let exchange = try prepared()
    #expect(throws: Refused.self) { try exchange.run(time: "T", hasKeys: true) { throw Refused() } }
    // As if it had been killed while the old data were set aside.
    for name in ["echochat.db", "files", "keys"] { try removeTree("\(data)/\(name)") }
    #expect(rename(settings.restoringPath + "/putting-in", settings.restoringPath + "/setting-aside") == 0)
    try makeDirectories([(data + "/files", 0o700), (data + "/keys", 0o700)])
    #expect(try DataExchange.undo(settings))
    expectOld()
  }

  /// What keeps `undo` from its work until it is taken away.
  enum Obstacle: CaseIterable {
    case unreadableRecord, emptyRecord, unreadablePlace, directoryAtTheRecord, entryInTheWay
  }

  private var aside: String { data + ".before-restore-T" }
  private var first: String { settings.restoringPath + "/setting-aside" }
  private var second: String { settings.restoringPath + "/putting-in" }

  private func put(_ obstacle: Obstacle) throws {
    switch obstacle {
    case .unreadableRecord:
      #expect(rename(second, second + "-kept") == 0 && mkdir(second, 0o700) == 0)
    case .emptyRecord:
      TemporaryDirectory.write([], to: second)
    case .unreadablePlace:
      #expect(rename(aside, aside + "-kept") == 0 && symlink(aside, aside) == 0)
    case .directoryAtTheRecord:
      #expect(mkdir(first, 0o700) == 0)
    case .entryInTheWay:
      // As if it had been killed while the old data were set aside, and something had written files since.
      for name in ["echochat.db", "files", "keys"] { try removeTree("\(data)/\(name)") }
      #expect(rename(second, first) == 0)
      try makeDirectories([(data + "/files/in-the-way", 0o700)])
    }
  }

  private func takeAway(_ obstacle: Obstacle) throws {
    switch obstacle {
    case .unreadableRecord:
      #expect(rmdir(second) == 0 && rename(second + "-kept", second) == 0)
    case .emptyRecord:
      try TextFile.write("T keys\n", to: second)
    case .unreadablePlace:
      #expect(unlink(aside) == 0 && rename(aside + "-kept", aside) == 0)
    case .directoryAtTheRecord:
      #expect(rmdir(first) == 0)
    case .entryInTheWay:
      try removeTree(data + "/files")
    }
  }

  @Test(arguments: Obstacle.allCases)
  func `what cannot be undone at once is told, loses nothing, and is undone once it can be`(obstacle: Obstacle) throws {
    let exchange = try prepared()
    #expect(throws: Refused.self) { try exchange.run(time: "T", hasKeys: true) { throw Refused() } }
    try put(obstacle)
    for _ in 1...2 { #expect(throws: Errno.self) { try DataExchange.undo(settings) } }
    try takeAway(obstacle)
    #expect(try DataExchange.undo(settings))
    expectOld()
    #expect(try DataExchange.undo(settings) == false)
  }
}
