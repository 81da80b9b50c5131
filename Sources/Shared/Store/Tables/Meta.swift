// Properties of the database as a whole.
public import SQL

public enum Meta {
  /// The name of this history: a cursor from another epoch means nothing here.
  public static func epoch(_ database: Database) throws -> String {
    try database.first("SELECT value FROM meta WHERE name = 'epoch'") { $0.text(0) } ?? ""
  }

  /// The name of the site, which stays the same whatever is restored; nil until `setSite` gives it one.
  public static func site(_ database: Database) throws -> String? {
    try database.first("SELECT value FROM meta WHERE name = 'site'") { $0.text(0) }
  }

  /// Names the site, unless it has a name.
  public static func setSite(_ site: String, _ transaction: Transaction) throws {
    try transaction.database.run("INSERT INTO meta (name, value) VALUES ('site', ?) ON CONFLICT (name) DO NOTHING", .text(site))
  }

  /// Cursors below it cannot be resumed.
  public static func journalFloor(_ database: Database) throws -> Int64 {
    try database.first("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'journal_floor'") { $0.integer(0) } ?? 0
  }

  /// Raises the floor: pruning events of an earlier history must not lower it.
  static func setJournalFloor(_ position: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE meta SET value = CAST(?1 AS TEXT) WHERE name = 'journal_floor' AND CAST(value AS INTEGER) < ?1", .integer(position))
  }

  static func setEpoch(_ epoch: String, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE meta SET value = ? WHERE name = 'epoch'", .text(epoch))
  }

  /// Writes what is there already: shows that a write can go through, and changes nothing.
  public static func rewrite(_ transaction: Transaction) throws {
    try transaction.database.run("UPDATE meta SET value = value WHERE name = 'journal_floor'")
  }

  /// The position of a follower of the journal; nil if none is saved.
  public static func followerPosition(_ follower: String, _ database: Database) throws -> Int64? {
    try database.first("SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?", .text("follower:\(follower)")) { $0.integer(0) }
  }

  public static func setFollowerPosition(_ position: Int64, of follower: String, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO meta (name, value) VALUES (?, CAST(? AS TEXT)) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      .text("follower:\(follower)"), .integer(position))
  }

  /// All messages after this position may be in tails of rooms, none before it is; nil as long as rooms may have none.
  static func tailsStart(_ database: Database) throws -> Int64? {
    try database.first("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'tails_start'") { $0.integer(0) }
  }

  static func setTailsStart(_ position: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO meta (name, value) VALUES ('tails_start', CAST(? AS TEXT)) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      .integer(position))
  }

  /// The name of the index of words that is to be believed; nil while there is none.
  public static func searchIndex(_ database: Database) throws -> String? {
    try database.first("SELECT value FROM meta WHERE name = 'search_index'") { $0.text(0) }
  }

  public static func setSearchIndex(_ name: String, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO meta (name, value) VALUES ('search_index', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", .text(name))
  }

  /// Believes an index no longer. False if another one has taken its place, or somebody else was faster.
  public static func invalidateSearchIndex(_ name: String, _ transaction: Transaction) throws -> Bool {
    let doubted = try transaction.database.first(
      "DELETE FROM meta WHERE name = 'search_index' AND value = ? RETURNING value", .text(name)
    ) { $0.text(0) }
    return doubted != nil
  }
}
