// The tags of this history's cursors, and the jump to positions that no earlier history has used.
public import Domain
public import SQL

public enum HistorySections {
  /// How far the journal's positions jump when another history goes on: further than any history gets while its identity is not written.
  public static let jump: Int64 = 1_000_000_000

  public static func all(_ database: Database) throws -> History {
    History(
      try database.all("SELECT start, tag FROM history_sections ORDER BY start") {
        History.Section(start: $0.integer(0), tag: $0.integer(1))
      })
  }

  /// Cursors of the events that follow bear `tag`. A section in which nothing was appended is replaced.
  public static func begin(tag: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO history_sections (start, tag) VALUES (?, ?) ON CONFLICT (start) DO UPDATE SET tag = excluded.tag",
      .integer(try Journal.lastPosition(transaction.database) + 1), .integer(tag))
  }

  /// Begins another history: gives it a name, and positions that are beyond `position` and beyond all that this database has. No earlier
  /// cursor can be resumed.
  public static func beginAnother(epoch: String, beyond position: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    let start = max(try Journal.lastPosition(database), position) + jump
    guard start < Cursor.positionMax else { throw StoreError(.other, message: "the journal's positions are used up", sql: "") }
    try database.setLastNumber(start, inTable: "journal")
    try Meta.setJournalFloor(start, transaction)
    try Meta.setEpoch(epoch, transaction)
  }

  /// Forgets the sections that ended before the journal's floor.
  static func prune(through floor: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      DELETE FROM history_sections WHERE start < (SELECT max(start) FROM history_sections WHERE start <= ?)
      """, .integer(floor))
  }
}
