// Messages reported to the moderators of their room.
public import Domain
public import SQL

public enum Reports {
  /// Reports a message, or changes the reason of an existing report. True if the report is new.
  public static func put(
    _ place: MessageID, by reporter: UserRowID, reason: String, at now: Timestamp, _ transaction: Transaction
  ) throws -> Bool {
    let database = transaction.database
    try Messages.moveTail(with: place, transaction)
    let isNew =
      try database.first(
        "SELECT 1 FROM reports WHERE room_id = ? AND seq = ? AND reporter_id = ?", .integer(place.room.value), .integer(place.seq),
        .integer(reporter.value)
      ) { _ in true } == nil
    try database.run(
      """
      INSERT INTO reports (room_id, seq, reporter_id, reason, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (room_id, seq, reporter_id) DO UPDATE SET reason = excluded.reason
      """, .integer(place.room.value), .integer(place.seq), .integer(reporter.value), .text(reason), .integer(now.milliseconds))
    return isNew
  }

  public static func count(in room: RoomRowID, _ database: Database) throws -> Int64 {
    try database.first("SELECT count(*) FROM reports WHERE room_id = ?", .integer(room.value)) { $0.integer(0) } ?? 0
  }

  public static func count(in room: RoomRowID, by reporter: UserRowID, _ database: Database) throws -> Int64 {
    try database.first(
      "SELECT count(*) FROM reports WHERE room_id = ? AND reporter_id = ?", .integer(room.value), .integer(reporter.value)
    ) { $0.integer(0) } ?? 0
  }

  /// Oldest first; `cursor` is the last one of the page before.
  public static func list(in room: RoomRowID, after cursor: Int64, limit: Int, _ database: Database) throws -> [Report] {
    try database.all(selectInRoom, .integer(room.value), .integer(cursor), .integer(Int64(limit)), read: report)
  }

  /// Those of all rooms, oldest first; `cursor` is the last one of the page before.
  public static func list(after cursor: Int64, limit: Int, _ database: Database) throws -> [Report] {
    try database.all(selectAll, .integer(cursor), .integer(Int64(limit)), read: report)
  }

  private static func report(_ row: Row) -> Report {
    var columns = row.columns()
    return Report(
      number: columns.integer(), roomID: columns.publicID(), seq: columns.integer(), reporter: columns.user(), reason: columns.text(),
      createdAt: columns.time(), message: columns.bytes())
  }

  /// Settles all reports of a message. False if there was none.
  public static func delete(_ place: MessageID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "DELETE FROM reports WHERE room_id = ? AND seq = ? RETURNING 1", .integer(place.room.value), .integer(place.seq)
    ) { _ in true } ?? false
  }
}

// MARK: Statements

extension Reports {
  private static let reports = """
    SELECT report.id, r.public_id, report.seq, \(ColumnList.user), report.reason, report.created_at, m.json
    FROM reports report JOIN rooms r ON r.id = report.room_id JOIN users u ON u.id = report.reporter_id
    JOIN messages m ON m.id = (report.room_id << 32 | report.seq)
    """

  private static let selectInRoom = Statement(
    composing: "\(reports) WHERE report.room_id = ? AND report.id > ? ORDER BY report.id LIMIT ?")

  private static let selectAll = Statement(composing: "\(reports) WHERE report.id > ? ORDER BY report.id LIMIT ?")
}
