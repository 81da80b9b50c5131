// The rate limit of profile changes, each of which is an event in all rooms of the user.
public import Domain
public import SQL

public enum ProfileChanges {
  /// Counts one more change, unless there were `countMax` since the window began. Returns in how many milliseconds it may be tried
  /// again, or nil if it was admitted. Times are of the boot clock, which is never set back; a window of another boot is over.
  public static func admit(
    _ user: UserRowID, countMax: Int64, windowMilliseconds: Int64, boot: String, nowMilliseconds: Int64, _ transaction: Transaction
  ) throws -> Int64? {
    let database = transaction.database
    let window = try database.first(
      "SELECT window_start, count FROM profile_changes WHERE user_id = ? AND boot = ?", .integer(user.value), .text(boot)
    ) {
      (start: $0.integer(0), count: $0.integer(1))
    }
    if let window, nowMilliseconds - window.start < windowMilliseconds {
      guard window.count < countMax else { return window.start + windowMilliseconds - nowMilliseconds }
      try database.run("UPDATE profile_changes SET count = count + 1 WHERE user_id = ?", .integer(user.value))
    } else {
      try database.run(
        """
        INSERT INTO profile_changes (user_id, window_start, count, boot) VALUES (?, ?, 1, ?)
        ON CONFLICT (user_id) DO UPDATE SET window_start = excluded.window_start, count = excluded.count, boot = excluded.boot
        """,
        .integer(user.value), .integer(nowMilliseconds), .text(boot))
    }
    return nil
  }
}
