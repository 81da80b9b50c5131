// Blocks between users.
public import Domain
public import SQL

public enum Blocks {
  /// False if it was so already.
  public static func insert(_ blocker: UserRowID, _ blocked: UserRowID, at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (?, ?, ?) ON CONFLICT (blocker_id, blocked_id) DO NOTHING RETURNING 1",
      .integer(blocker.value), .integer(blocked.value), .integer(now.milliseconds)
    ) { _ in true } ?? false
  }

  /// False if there was none.
  public static func delete(_ blocker: UserRowID, _ blocked: UserRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "DELETE FROM blocks WHERE blocker_id = ? AND blocked_id = ? RETURNING 1", .integer(blocker.value), .integer(blocked.value)
    ) { _ in true } ?? false
  }

  /// Whether either of the two has blocked the other.
  public static func stand(between a: UserRowID, _ b: UserRowID, _ database: Database) throws -> Bool {
    try database.first(
      "SELECT 1 FROM blocks WHERE (blocker_id = ?1 AND blocked_id = ?2) OR (blocker_id = ?2 AND blocked_id = ?1)",
      .integer(a.value), .integer(b.value)
    ) { _ in true } ?? false
  }

  /// SQL: whether either of two users has blocked the other. Both are expressions for their row ids.
  static func stands(between a: String, _ b: String) -> String {
    """
    EXISTS (SELECT 1 FROM blocks WHERE blocker_id = \(a) AND blocked_id = \(b))
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = \(b) AND blocked_id = \(a))
    """
  }

  /// Those whom a user has blocked, and those who have blocked the user.
  public static func eitherWay(of user: UserRowID, _ database: Database) throws -> Set<UserRowID> {
    Set(
      try database.all(
        "SELECT blocked_id FROM blocks WHERE blocker_id = ?1 UNION ALL SELECT blocker_id FROM blocks WHERE blocked_id = ?1",
        .integer(user.value)
      ) { UserRowID($0.integer(0)) })
  }

  /// Whether `blocker` has blocked `blocked`: this direction alone.
  public static func has(_ blocker: UserRowID, blocked: UserRowID, _ database: Database) throws -> Bool {
    try database.first(
      "SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = ?", .integer(blocker.value), .integer(blocked.value)
    ) { _ in true } ?? false
  }

  /// Those who have blocked the user, who therefore cannot mention them.
  public static func blockers(of user: UserRowID, _ database: Database) throws -> Set<UserRowID> {
    Set(try database.all("SELECT blocker_id FROM blocks WHERE blocked_id = ?", .integer(user.value)) { UserRowID($0.integer(0)) })
  }

  public static func count(of blocker: UserRowID, _ database: Database) throws -> Int64 {
    try database.first("SELECT count(*) FROM blocks WHERE blocker_id = ?", .integer(blocker.value)) { $0.integer(0) } ?? 0
  }

  /// Whom the user has blocked, by the order in which their accounts were made; `cursor` is the last one of the page before.
  public static func list(of blocker: UserRowID, after cursor: Int64, limit: Int, _ database: Database) throws -> [Block] {
    try database.all(selectOfBlocker, .integer(blocker.value), .integer(cursor), .integer(Int64(limit))) { row in
      var columns = row.columns()
      return Block(user: columns.user(), createdAt: columns.time())
    }
  }
}

// MARK: Statements

extension Blocks {
  private static let selectOfBlocker = Statement(
    composing: """
      SELECT \(ColumnList.user), b.created_at
      FROM blocks b JOIN users u ON u.id = b.blocked_id WHERE b.blocker_id = ? AND b.blocked_id > ? ORDER BY b.blocked_id LIMIT ?
      """)
}
