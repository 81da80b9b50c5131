// Sign-ins that failed: counted, so that nobody can fill the disk with them.
public import Domain
public import SQL

extension AuditLog {
  /// Tries of one account from one address within this time are one entry with a count.
  public static let failureMilliseconds: Int64 = 60_000
  /// Entries of failed sign-ins in an hour: 30 KiB, and 60 MiB in 90 days. What goes beyond is counted in one more, which names nobody.
  public static let failuresPerHourMax: Int64 = 200
  private static let hourMilliseconds: Int64 = 3_600_000

  /// Records that somebody could not sign in. `user` is nil for an account that does not exist: what was entered may be a password, so it is
  /// not stored.
  public static func recordFailedSignIn(_ user: UserRowID?, address: String?, _ transaction: Transaction) throws {
    let (database, now) = (transaction.database, transaction.now.milliseconds)
    if try count(user, address, since: now - failureMilliseconds, database) { return }
    let recent = try database.first(
      "SELECT count(*) FROM (SELECT 1 FROM audit WHERE action = 'sign_in_failed' AND at > ? LIMIT ?)", .integer(now - hourMilliseconds),
      .integer(failuresPerHourMax)
    ) { $0.integer(0) }
    guard (recent ?? 0) >= failuresPerHourMax else {
      return try record(.signInFailed, by: .nobody, user: user, address: address, transaction)
    }
    if try count(nil, nil, detail: overflow, since: now - hourMilliseconds, database) { return }
    try record(.signInFailed, by: .nobody, detail: overflow, transaction)
  }

  private static let overflow = "and others: more than \(failuresPerHourMax) an hour are counted here"

  /// Counts one more in an entry; false if there is none.
  private static func count(
    _ user: UserRowID?, _ address: String?, detail: String = "", since time: Int64, _ database: Database
  ) throws -> Bool {
    try database.first(
      """
      UPDATE audit SET count = count + 1 WHERE id = (
        SELECT id FROM audit WHERE action = 'sign_in_failed' AND at > ? AND user_id IS ? AND address IS ? AND detail = ? LIMIT 1)
      RETURNING 1
      """, .integer(time), .optional(user?.value), .optional(address), .text(detail)
    ) { _ in true } ?? false
  }
}
