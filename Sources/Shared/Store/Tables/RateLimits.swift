// The state of the rate limits: the times of each user's latest actions, shared by both programs and kept over restarts.
public import Domain
public import SQL

public enum RateLimits {
  /// Counts actions, all or none; if none, returns in how many milliseconds they may be tried again. Times are of the boot clock, which is
  /// never set back; those of another boot are ignored. `isForced`: counts one action in any case.
  public static func tryAcquire(
    _ action: RateLimitedAction, count: Int = 1, of user: UserRowID, _ limit: RateLimit, boot: String, nowMilliseconds: Int64,
    isForced: Bool = false, _ transaction: Transaction
  ) throws -> RateLimit.Verdict {
    let stored = try times(of: action, user, boot: boot, transaction.database)
    let verdict =
      isForced ? limit.recording(stored, now: nowMilliseconds) : limit.evaluate(stored, now: nowMilliseconds, actions: count)
    if case .admitted(let times) = verdict {
      try transaction.database.run(action.put, .integer(user.value), .text(boot), .blob(bytes(of: times)))
    }
    return verdict
  }

  /// The times of a user's latest actions, oldest first.
  static func times(of action: RateLimitedAction, _ user: UserRowID, boot: String, _ database: Database) throws -> [Int64] {
    try database.first(action.find, .integer(user.value), .text(boot)) { times(in: $0.bytes(0)) } ?? []
  }

  private static func times(in bytes: [UInt8]) -> [Int64] {
    stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
      bytes[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
  }

  private static func bytes(of times: [Int64]) -> [UInt8] {
    times.flatMap { time in (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) } }
  }
}

extension RateLimitedAction {
  fileprivate var find: Statement { statements.find }
  fileprivate var put: Statement { statements.put }

  private var statements: RateLimitStatements {
    switch self {
    case .message: .messages
    case .change: .changes
    case .event: .events
    case .roomCreation: .rooms
    case .adding: .adding
    }
  }
}

/// The statements of one action's table.
private struct RateLimitStatements {
  let find: Statement
  let put: Statement

  static let messages = RateLimitStatements(table: "message_times")
  static let changes = RateLimitStatements(table: "change_times")
  static let events = RateLimitStatements(table: "event_times")
  static let rooms = RateLimitStatements(table: "room_times")
  static let adding = RateLimitStatements(table: "adding_times")

  private init(table: String) {
    find = Statement(composing: "SELECT times FROM \(table) WHERE user_id = ? AND boot = ?")
    put = Statement(
      composing: """
        INSERT INTO \(table) (user_id, boot, times) VALUES (?, ?, ?)
        ON CONFLICT (user_id) DO UPDATE SET boot = excluded.boot, times = excluded.times
        """)
  }
}
