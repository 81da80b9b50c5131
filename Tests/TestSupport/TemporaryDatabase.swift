// A migrated database for one test, with its writer and its readers.
public import Domain
public import SQL
public import Store

public final class TemporaryDatabase: Sendable {
  public static let epoch = "firstepoch"

  private let directory = TemporaryDirectory()
  public let path: String
  public let readers: ReaderPool
  public let writer: GroupCommit

  public init(acknowledgesBeforeCommit: Bool = false, onCommit: @escaping GroupCommit.CommitHook = { _ in }) throws {
    path = directory.path + "/echochat.db"
    try Migrator.migrate(path: path, epoch: Self.epoch)
    readers = ReaderPool(path: path)
    writer = try GroupCommit(path: path, acknowledgesBeforeCommit: acknowledgesBeforeCommit, onCommit: onCommit)
  }

  deinit { writer.stop() }

  @discardableResult
  public func write<Result: Sendable>(_ operation: @escaping @Sendable (Transaction) throws -> Result) throws -> Result {
    try writer.perform(operation)
  }

  public func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try readers.read(body)
  }

  /// Creates a user.
  public func addUser(_ name: String) throws -> User {
    let username = try Username(name)
    return try write { transaction in
      try Users.insert(
        id: PublicID(trusted: name), username: username, displayName: name, email: nil, passwordHash: "", at: Timestamp(milliseconds: 0),
        transaction)
    }
  }

  /// Creates a room without members, whose public id is its name.
  public func addRoom(_ name: String, _ kind: RoomKind = .group, by creator: User) throws -> RoomRowID {
    try write { transaction in
      try Rooms.insert(
        id: PublicID(trusted: name), kind: kind, name: name, topic: "", createdBy: creator.rowID, at: Timestamp(milliseconds: 0),
        transaction)
    }
  }

  /// Appends a message whose JSON has only its room and seq. Rooms have tails only if `MessageTails.allow` was called.
  @discardableResult
  public static func post(
    to room: RoomRowID, by author: User, clientID: ClientID? = nil, fingerprint: Int64? = nil, at time: Int64 = 0,
    tails: MessageTails = MessageTails(), _ transaction: Transaction
  ) throws -> MessageID {
    guard let end = try Messages.end(of: room, transaction.database) else { throw StoreError(.other, message: "no such room", sql: "") }
    let json = Array(#"{"room":\#(room.value),"seq":\#(end.lastSeq + 1)}"#.utf8)
    return try Messages.append(
      json, author: author.rowID, clientID: clientID, fingerprint: fingerprint, after: end, at: Timestamp(milliseconds: time), tails,
      transaction)
  }

  /// What SQLite's own checks find wrong with the file.
  public func damages() throws -> [String] {
    try read { database in
      try database.all("PRAGMA integrity_check") { $0.text(0) }.filter { $0 != "ok" }
        + database.all("PRAGMA foreign_key_check") { "a row of \($0.text(0)) refers to nobody in \($0.text(2))" }
    }
  }
}

extension GroupCommit {
  /// A batch of one.
  public func submit<Result: Sendable>(
    _ operation: @escaping Operation<Result>, completion: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
  ) {
    submit([operation]) { results in for result in results { completion(result) } }
  }
}
