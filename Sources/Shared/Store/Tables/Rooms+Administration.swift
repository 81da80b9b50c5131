// Rooms of every kind, for the operator.
public import Domain
public import SQL

extension Rooms {
  /// All rooms by the order in which they were made; `cursor` is the row of the last one of the page before.
  public static func administered(after cursor: Int64, limit: Int, _ database: Database) throws -> [AdministeredRoom] {
    try database.all(selectAdministered, .integer(cursor), .integer(Int64(limit))) { row in
      var columns = row.columns()
      return AdministeredRoom(room: columns.room(), isDefault: columns.bool())
    }
  }
}

// MARK: Statements

extension Rooms {
  private static let selectAdministered = Statement(
    composing: """
      SELECT \(ColumnList.room), r.is_default
      FROM rooms r LEFT JOIN users creator ON creator.id = r.created_by WHERE r.id > ? ORDER BY r.id LIMIT ?
      """)
}
