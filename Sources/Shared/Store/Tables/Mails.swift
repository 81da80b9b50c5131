// E-mail that is to be sent, was sent or was given up.
public import Domain
import FoundationEssentials
public import SQL

public enum Mails {
  /// Stores a mail, which is due at once, and returns its number. In the transaction that causes it: so it is sent if and only if that is
  /// committed.
  @discardableResult
  public static func insert(_ mail: Mail, at now: Timestamp, _ transaction: Transaction) throws -> Int64 {
    let fields = Dictionary(uniqueKeysWithValues: mail.fields.map { ($0.key.rawValue, $0.value) })
    return try transaction.database.first(
      insert, .text(mail.kind.rawValue), .optional(mail.user?.value), .text(mail.recipient.text),
      .utf8(Array(try JSONEncoder().encode(fields))),
      .integer(now.milliseconds), .optional(mail.validUntil?.milliseconds)
    ) { $0.integer(0) } ?? 0
  }

  /// Withdraws what waits of one kind for a user: a newer one takes its place.
  public static func withdraw(_ kind: MailKind, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(deleteWaitingOfUser, .integer(user.value), .text(kind.rawValue))
  }

  /// Forgets every mail of a user.
  public static func remove(of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM mails WHERE user_id = ?", .integer(user.value))
  }

  // MARK: Sending

  /// What is to be sent now, the longest due first.
  public static func due(at now: Timestamp, limit: Int, _ database: Database) throws -> [DueMail] {
    try database.all(selectDue, .integer(now.milliseconds), .integer(Int64(limit))) { row in
      var columns = row.columns()
      return DueMail(
        id: columns.integer(), kind: MailKind(rawValue: columns.text()), recipient: columns.text(), fields: fields(columns.bytes()),
        messageID: columns.text(), createdAt: columns.time(), validUntil: columns.optionalTime(),
        triedSince: columns.time(), attempts: columns.integer(), unanswered: columns.integer())
    }
  }

  /// Notes, before the server gets the last byte of a mail, that it may have the mail from now on. False if it is not waiting any more.
  public static func handOver(_ id: Int64, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(handOver, .integer(id)) { _ in true } ?? false
  }

  /// The server has the mail. Its fields are erased.
  public static func sent(_ id: Int64, at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(setSent, .integer(id), .integer(now.milliseconds))
  }

  /// It was not sent, and is tried again. `isAnswered`: the server has refused it, so it does not have it. `isHeld`: the fault is the
  /// server's, not this mail's.
  public static func failed(
    _ id: Int64, because error: String, retryAt: Timestamp, isAnswered: Bool, isHeld: Bool, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      setFailed, .integer(id), .integer(retryAt.milliseconds), .integer(isAnswered ? 1 : 0), .integer(isHeld ? 1 : 0), .text(cut(error)))
  }

  /// It is not tried any more.
  public static func gaveUp(_ id: Int64, because error: String, at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(setGivenUp, .integer(id), .integer(now.milliseconds), .text(cut(error)))
  }

  /// What waits since the server did not work is due now. Returns how many there are.
  @discardableResult
  public static func releaseHeld(_ transaction: Transaction) throws -> Int64 {
    try transaction.database.run(setHeldDue)
  }

  // MARK: The operator

  /// By number; `withSent`: also those that were sent.
  public static func list(after cursor: Int64, withSent: Bool, limit: Int, _ database: Database) throws -> [MailRecord] {
    try database.all(selectPage, .integer(cursor), .integer(withSent ? 1 : 0), .integer(Int64(limit)), read: record)
  }

  /// A user's mails to one address, by number.
  public static func list(of user: UserRowID, to recipient: String, limit: Int, _ database: Database) throws -> [MailRecord] {
    try database.all(selectOfUser, .integer(user.value), .text(recipient), .integer(Int64(limit)), read: record)
  }

  /// How many mails of one kind there were for a user after `start`.
  public static func count(_ kind: MailKind, of user: UserRowID, since start: Timestamp, _ database: Database) throws -> Int64 {
    try database.first(
      "SELECT count(*) FROM mails WHERE user_id = ? AND kind = ? AND created_at > ?", .integer(user.value), .text(kind.rawValue),
      .integer(start.milliseconds)
    ) { $0.integer(0) } ?? 0
  }

  public static func find(_ id: Int64, _ database: Database) throws -> MailRecord? {
    try database.first(selectOne, .integer(id), read: record)
  }

  /// How many mails wait, and how many were given up and are still listed.
  public static func counts(_ database: Database) throws -> (waiting: Int64, givenUp: Int64) {
    func count(_ state: MailState) throws -> Int64 {
      try database.first("SELECT count(*) FROM mails WHERE state = ?", .integer(state.rawValue)) { $0.integer(0) } ?? 0
    }
    return (try count(.waiting), try count(.givenUp))
  }

  /// When the mail was made that has waited longest; nil if none waits.
  public static func oldestWaiting(_ database: Database) throws -> Timestamp? {
    try database.first("SELECT min(created_at) FROM mails WHERE state = ?", .integer(MailState.waiting.rawValue)) { row in
      var columns = row.columns()
      return columns.optionalTime()
    } ?? nil
  }

  /// Makes one mail, or all (`id` nil), due now that waits or was given up, unless it is no longer valid. Begins anew with its attempts. Returns
  /// how many there are.
  public static func retry(_ id: Int64?, at now: Timestamp, _ transaction: Transaction) throws -> Int64 {
    try transaction.database.run(setRetried, .optional(id), .integer(now.milliseconds))
  }

  // MARK: Retention

  /// How long a mail is listed that was sent or given up.
  public static let keepMilliseconds: Int64 = 7 * 86_400_000
  /// Mails of one sweep.
  private static let sweepMax: Int64 = 1000

  /// Erases the fields of mails that are no longer valid, and forgets what was sent or given up long ago. True if there may be more.
  public static func sweep(at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    let erased = try transaction.database.run(eraseInvalid, .integer(now.milliseconds), .integer(sweepMax))
    let removed = try transaction.database.run(deleteOld, .integer(now.milliseconds - keepMilliseconds), .integer(sweepMax))
    return erased == sweepMax || removed == sweepMax
  }

  /// Characters of an error that are kept.
  private static let errorCharactersMax = 500

  private static func cut(_ error: String) -> String {
    String(String.UnicodeScalarView(error.unicodeScalars.prefix(errorCharactersMax)))
  }

  private static func fields(_ json: [UInt8]) -> [MailField: String] {
    let words = (try? JSONDecoder().decode([String: String].self, from: Data(json))) ?? [:]
    return Dictionary(uniqueKeysWithValues: words.compactMap { word, value in MailField(rawValue: word).map { ($0, value) } })
  }

  private static func record(_ row: Row) -> MailRecord {
    var columns = row.columns()
    return MailRecord(
      id: columns.integer(), kind: columns.text(), recipient: columns.text(), state: MailState(rawValue: columns.integer()) ?? .givenUp,
      createdAt: columns.time(), dueAt: columns.time(), attempts: columns.integer(), lastError: columns.optionalText(),
      validUntil: columns.optionalTime())
  }
}

// MARK: Statements

extension Mails {
  private static let (waiting, sent, givenUp) = (MailState.waiting.rawValue, MailState.sent.rawValue, MailState.givenUp.rawValue)

  /// Before every clock: the clock of the transaction may be ahead of the one by which mails are sent.
  private static let atOnce = 0

  private static let insert = Statement(
    composing: """
      INSERT INTO mails (kind, user_id, recipient, fields, message_id, created_at, valid_until, due_at, tried_since)
      VALUES (?1, ?2, ?3, ?4, lower(hex(randomblob(16))), ?5, ?6, \(atOnce), ?5) RETURNING id
      """)
  private static let selectDue = Statement(
    composing: """
      SELECT id, kind, recipient, fields, message_id, created_at, valid_until, tried_since, attempts, unanswered
      FROM mails WHERE state = \(waiting) AND due_at <= ? ORDER BY due_at, id LIMIT ?
      """)
  private static let handOver = Statement(
    composing: "UPDATE mails SET unanswered = unanswered + 1 WHERE id = ? AND state = \(waiting) RETURNING 1")
  private static let setSent = Statement(
    composing: """
      UPDATE mails SET state = \(sent), due_at = ?2, attempts = attempts + 1, unanswered = 0, is_held = 0, fields = '{}', last_error = NULL
      WHERE id = ?1 AND state = \(waiting)
      """)
  private static let setFailed = Statement(
    composing: """
      UPDATE mails SET due_at = ?2, attempts = attempts + 1, unanswered = CASE WHEN ?3 THEN 0 ELSE unanswered END, is_held = ?4,
        last_error = ?5
      WHERE id = ?1 AND state = \(waiting)
      """)
  private static let setGivenUp = Statement(
    composing: """
      UPDATE mails SET state = \(givenUp), due_at = ?2, attempts = attempts + 1, is_held = 0, last_error = ?3
      WHERE id = ?1 AND state = \(waiting)
      """)
  private static let setHeldDue = Statement(
    composing: "UPDATE mails SET due_at = \(atOnce), is_held = 0 WHERE state = \(waiting) AND is_held = 1")
  private static let deleteWaitingOfUser = Statement(
    composing: "DELETE FROM mails WHERE user_id = ? AND kind = ? AND state = \(waiting)")

  private static let recordColumns = "id, kind, recipient, state, created_at, max(due_at, created_at), attempts, last_error, valid_until"
  private static let selectPage = Statement(
    composing: "SELECT \(recordColumns) FROM mails WHERE id > ?1 AND (?2 OR state <> \(sent)) ORDER BY id LIMIT ?3")
  private static let selectOfUser = Statement(
    composing: "SELECT \(recordColumns) FROM mails WHERE user_id = ? AND recipient = ? ORDER BY id LIMIT ?")
  private static let selectOne = Statement(composing: "SELECT \(recordColumns) FROM mails WHERE id = ?")
  private static let setRetried = Statement(
    composing: """
      UPDATE mails SET state = \(waiting), due_at = \(atOnce), tried_since = ?2, attempts = 0, unanswered = 0, is_held = 0
      WHERE (?1 IS NULL OR id = ?1) AND state <> \(sent) AND (valid_until IS NULL OR valid_until > ?2)
      """)

  private static let eraseInvalid = Statement(
    composing: """
      UPDATE mails SET fields = '{}' WHERE id IN
        (SELECT id FROM mails WHERE valid_until IS NOT NULL AND fields <> '{}' AND valid_until <= ? LIMIT ?)
      """)
  private static let deleteOld = Statement(
    composing: """
      DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE state IN (\(sent), \(givenUp)) AND due_at <= ? LIMIT ?)
      """)
}
