// Settings of a user.
public import Domain
public import SQL

public enum Preferences {
  /// Whether the user hides read receipts from others.
  public static func hidesReading(_ user: UserRowID, _ database: Database) throws -> Bool {
    try database.first("SELECT hides_reading FROM users WHERE id = ?", .integer(user.value)) { $0.integer(0) == 1 } ?? false
  }

  public static func setHidesReading(_ hides: Bool, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET hides_reading = ? WHERE id = ?", .integer(hides ? 1 : 0), .integer(user.value))
  }

  public static func addedBy(_ user: UserRowID, _ database: Database) throws -> AddedBy {
    try database.first("SELECT added_by FROM users WHERE id = ?", .integer(user.value)) { AddedBy(rawValue: $0.integer(0)) ?? .everyone }
      ?? .everyone
  }

  public static func setAddedBy(_ value: AddedBy, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET added_by = ? WHERE id = ?", .integer(value.rawValue), .integer(user.value))
  }
}
