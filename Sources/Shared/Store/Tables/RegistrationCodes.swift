// Codes that let people register.
public import Domain
public import SQL

public enum RegistrationCodes {
  public static func insert(
    _ code: PublicID, by creator: UserRowID?, uses: Int64, at now: Timestamp, expiresAt: Timestamp, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "INSERT INTO registration_codes (code, created_by, created_at, expires_at, uses_left) VALUES (?, ?, ?, ?, ?)", .text(code.text),
      .optional(creator?.value), .integer(now.milliseconds), .integer(expiresAt.milliseconds), .integer(uses))
  }

  /// Nil if it does not exist, has expired or is used up.
  public static func find(_ code: PublicID, at now: Timestamp, _ database: Database) throws -> RegistrationCode? {
    try database.first(selectByCode, .text(code.text), .integer(now.milliseconds), read: registrationCode)
  }

  /// Takes one use of a code. False if it does not exist, has expired or is used up.
  public static func takeUse(of code: PublicID, at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "UPDATE registration_codes SET uses_left = uses_left - 1 WHERE code = ? AND expires_at > ? AND uses_left > 0 RETURNING 1",
      .text(code.text), .integer(now.milliseconds)
    ) { _ in true } ?? false
  }

  public static func count(at now: Timestamp, _ database: Database) throws -> Int64 {
    try database.first(
      "SELECT count(*) FROM registration_codes WHERE expires_at > ? AND uses_left > 0", .integer(now.milliseconds)
    ) { $0.integer(0) } ?? 0
  }

  /// Those that can still be used, oldest first; `cursor` is the last one of the page before.
  public static func list(at now: Timestamp, after cursor: Int64, limit: Int, _ database: Database) throws -> [RegistrationCode] {
    try database.all(selectAll, .integer(now.milliseconds), .integer(cursor), .integer(Int64(limit)), read: registrationCode)
  }

  /// False if there was none.
  public static func delete(_ code: PublicID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.run("DELETE FROM registration_codes WHERE code = ?", .text(code.text)) > 0
  }

  /// Deletes the codes that a user made.
  public static func delete(of creator: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM registration_codes WHERE created_by = ?", .integer(creator.value))
  }

  /// Removes what has expired or is used up.
  public static func sweep(at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM registration_codes WHERE expires_at <= ? OR uses_left = 0", .integer(now.milliseconds))
  }

  private static func registrationCode(_ row: Row) -> RegistrationCode {
    var columns = row.columns()
    return RegistrationCode(
      number: columns.integer(), code: columns.publicID(), createdBy: columns.optionalPublicID(), createdAt: columns.time(),
      expiresAt: columns.time(), usesLeft: columns.integer())
  }
}

// MARK: Statements

extension RegistrationCodes {
  private static let codes = """
    SELECT c.id, c.code, creator.public_id, c.created_at, c.expires_at, c.uses_left
    FROM registration_codes c LEFT JOIN users creator ON creator.id = c.created_by
    """

  private static let selectByCode = Statement(composing: "\(codes) WHERE c.code = ? AND c.expires_at > ? AND c.uses_left > 0")

  private static let selectAll = Statement(
    composing: "\(codes) WHERE c.expires_at > ? AND c.uses_left > 0 AND c.id > ? ORDER BY c.id LIMIT ?")
}
