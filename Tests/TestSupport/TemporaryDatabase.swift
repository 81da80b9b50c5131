// A migrated database for one test, with its writer and its readers.
package import Domain
package import Store

package final class TemporaryDatabase: Sendable {
  package static let epoch = "firstepoch"

  private let directory = TemporaryDirectory()
  package let path: String
  package let readers: ReaderPool
  package let writer: GroupCommit

  package init(acknowledgesBeforeCommit: Bool = false, news: @escaping @Sendable () -> Void = {}) throws {
    path = directory.path + "/echochat.db"
    try Migrator.migrate(path: path, epoch: Self.epoch)
    readers = ReaderPool(path: path)
    writer = try GroupCommit(path: path, acknowledgesBeforeCommit: acknowledgesBeforeCommit, news: news)
  }

  deinit { writer.stop() }

  @discardableResult
  package func write<Result: Sendable>(_ operation: @escaping @Sendable (Transaction) throws -> Result) throws -> Result {
    try writer.perform(operation)
  }

  package func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try readers.read(body)
  }

  /// Someone with an account.
  package func addUser(_ name: String) throws -> User {
    let username = try Username(name)
    return try write { transaction in
      try Users.insert(
        id: PublicID(trusted: name), username: username, displayName: name, email: nil, passwordHash: "", at: Timestamp(milliseconds: 0),
        transaction)
    }
  }

  /// A room without members, which clients call by its name.
  package func addRoom(_ name: String, _ kind: RoomKind = .group, by creator: User) throws -> RoomNumber {
    try write { transaction in
      try Rooms.insert(
        id: PublicID(trusted: name), kind: kind, name: name, topic: "", createdBy: creator.number, at: Timestamp(milliseconds: 0),
        transaction)
    }
  }

  /// What SQLite itself finds wrong with the file; nothing, it is hoped.
  package func damages() throws -> [String] {
    try read { database in
      try database.all("PRAGMA integrity_check") { $0.text(0) }.filter { $0 != "ok" }
        + database.all("PRAGMA foreign_key_check") { "a row of \($0.text(0)) refers to nobody in \($0.text(2))" }
    }
  }
}
