// Devices that have signed in to an account, as far as it remembers them: also those whose sessions have ended, which is what a notice of a
// new device asks for. `sessions` knows the devices that are signed in, and goes with them.
public import Domain
public import SQL

public enum KnownDevices {
  /// Devices of one account; of more, those seen last.
  public static let perUserMax: Int64 = 100

  /// Remembers that a device has signed in, and returns whether it had before. `device` is a hash of 32 bytes.
  public static func see(_ device: [UInt8], of user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let isKnown = try database.run(
      "UPDATE known_devices SET seen_at = ? WHERE user_id = ? AND device = ?", .integer(now.milliseconds), .integer(user.value),
      .blob(device))
    if isKnown > 0 { return true }
    let count = try database.first("SELECT count(*) FROM known_devices WHERE user_id = ?", .integer(user.value)) { $0.integer(0) } ?? 0
    if count >= perUserMax {
      try database.run(
        """
        DELETE FROM known_devices WHERE user_id = ?1 AND device IN (
          SELECT device FROM known_devices WHERE user_id = ?1 ORDER BY seen_at LIMIT ?2)
        """, .integer(user.value), .integer(count - perUserMax + 1))
    }
    try database.run(
      "INSERT INTO known_devices (user_id, device, first_seen_at, seen_at) VALUES (?1, ?2, ?3, ?3)", .integer(user.value), .blob(device),
      .integer(now.milliseconds))
    return false
  }

  /// The one seen last first.
  public static func list(of user: UserRowID, _ database: Database) throws -> [KnownDevice] {
    try database.all(
      "SELECT first_seen_at, seen_at FROM known_devices WHERE user_id = ? ORDER BY seen_at DESC", .integer(user.value)
    ) { row in
      var columns = row.columns()
      return KnownDevice(firstSeenAt: columns.time(), lastSeenAt: columns.time())
    }
  }

  /// Forgets those not seen since `time`.
  public static func sweep(before time: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM known_devices WHERE seen_at < ?", .integer(time.milliseconds))
  }
}
