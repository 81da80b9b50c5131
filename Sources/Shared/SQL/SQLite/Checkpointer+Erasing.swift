// Erasing what the WAL still has of rows that were deleted or replaced.

extension Checkpointer {
  /// Copies the WAL into the file and begins it anew, cut off behind one page: the frames of earlier commits would stay readable behind the
  /// new ones. False if a reader needed an old frame or another writer was faster: to be tried again.
  public static func eraseLog(_ holder: Database, _ copier: Database) throws -> Bool {
    let before = try checkpoint(holder, copier)
    try holder.connection.beginLogAnew()
    // Begun anew, it has less than before.
    return try checkpoint(holder, copier) <= before
  }
}

extension SQLiteConnection {
  /// Bytes to which a WAL that begins anew is cut.
  static let logBytesMax: Int64 = 64 << 20

  /// Commits one page. If every frame was copied and no reader needs one, SQLite writes it at the beginning of the WAL, and with this limit
  /// cuts the file off behind it. The page is the first one, whose `user_version` is set to what it is.
  func beginLogAnew() throws {
    // SQLite sets the limit when it prepares the statement, so it must not be one that is prepared once.
    try runScript("PRAGMA journal_size_limit = 0")
    defer { _ = try? runScript("PRAGMA journal_size_limit = \(Self.logBytesMax)") }
    try runScript("BEGIN IMMEDIATE")
    do {
      let version = try userVersion()
      try runScript("PRAGMA user_version = \(version); COMMIT")
    } catch {
      _ = try? runScript("ROLLBACK")
      throw error
    }
  }

  private func userVersion() throws -> Int64 {
    let sql: Statement = "PRAGMA user_version"
    let statement = try prepared(sql)
    defer { reset(statement) }
    return try advance(statement, sql) ? statement.integer(0) : 0
  }
}
