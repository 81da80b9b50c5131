// Results of requests with an Idempotency-Key, so that repeating one changes nothing.
public import Domain
public import SQL

public enum IdempotencyKeys {
  public static func find(_ key: ClientID, of user: UserRowID, _ database: Database) throws -> IdempotentResult? {
    try database.first(
      "SELECT fingerprint, result FROM idempotency_keys WHERE user_id = ? AND key = ?", .integer(user.value), .text(key.text)
    ) { IdempotentResult(fingerprint: $0.integer(0), result: $0.text(1)) }
  }

  public static func insert(
    _ key: ClientID, of user: UserRowID, fingerprint: Int64, result: String, at now: Timestamp, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "INSERT INTO idempotency_keys (user_id, key, fingerprint, result, created_at) VALUES (?, ?, ?, ?, ?)", .integer(user.value),
      .text(key.text), .integer(fingerprint), .text(result), .integer(now.milliseconds))
  }

  /// Removes those older than `time`.
  public static func sweep(before time: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM idempotency_keys WHERE created_at < ?", .integer(time.milliseconds))
  }
}
