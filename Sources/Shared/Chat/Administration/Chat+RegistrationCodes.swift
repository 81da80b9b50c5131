// Codes that let people register where that is by invitation, and the check of who may.
import Auth
import Configuration
public import Domain
import SQL
import Store

extension Chat {
  /// Open registration codes.
  public static let registrationCodesMax: Int64 = 1000
  public static let registrationCodeSeconds: ClosedRange<Int64> = 60...31_536_000
  public static let registrationCodeSecondsStandard: Int64 = 604_800
  public static let registrationCodeUses: ClosedRange<Int64> = 1...10_000

  /// Makes a registration code: it lets in `uses` people (nil: one) until it expires. A repeated request (same `idempotencyKey`, same
  /// fields) gets the first one's code if that is still open.
  public func makeRegistrationCode(
    uses: Int64?, expiresInSeconds: Int64?, idempotencyKey: String? = nil, by operator: Operator
  ) throws -> (code: RegistrationCode, isNew: Bool) {
    let (uses, seconds) = (uses ?? 1, expiresInSeconds ?? Self.registrationCodeSecondsStandard)
    let (useBounds, secondBounds) = (Self.registrationCodeUses, Self.registrationCodeSeconds)
    guard useBounds.contains(uses) else {
      throw ChatError.invalid("uses", "range", "Between \(useBounds.lowerBound) and \(useBounds.upperBound) times.")
    }
    guard secondBounds.contains(seconds) else {
      throw ChatError.invalid("expires_in", "range", "Between \(secondBounds.lowerBound) and \(secondBounds.upperBound) seconds.")
    }
    let request = try OperatorRequest(idempotencyKey, "registration code", "\(uses)", "\(seconds)")
    return try commit(as: `operator`) { transaction in
      let (database, now) = (transaction.database, transaction.now)
      if let made = try request?.result(of: `operator`, database) {
        guard let code = try RegistrationCodes.find(PublicID(trusted: made), at: now, database) else {
          throw ChatError(.clientIDReused, "This Idempotency-Key was used for another request.")
        }
        return (code, false)
      }
      guard try RegistrationCodes.count(at: now, database) < Self.registrationCodesMax else {
        throw ChatError(.conflict, "There may be at most \(Self.registrationCodesMax) open registration codes.")
      }
      let id = PublicID(trusted: Random.id())
      try RegistrationCodes.insert(id, by: `operator`.userRowID, uses: uses, at: now, expiresAt: now + .seconds(seconds), transaction)
      try request?.store(id.text, of: `operator`, transaction)
      // Not the code itself: it lets people in.
      try `operator`.record(.registrationCodeMade, detail: "\(uses) uses, \(seconds) s", transaction)
      guard let code = try RegistrationCodes.find(id, at: now, database) else { throw ChatError.notFound }
      return (code, true)
    }
  }

  /// The registration codes that can still be used, oldest first; `cursor` is the number of the last one of the previous page.
  public func registrationCodes(after cursor: Int64, limit: Int, for operator: Operator) throws -> [RegistrationCode] {
    let now = clock.now
    return try read(as: `operator`) { try RegistrationCodes.list(at: now, after: cursor, limit: limit, $0) }
  }

  /// Deletes a registration code: it lets nobody in any more. Throws `not_found` if there is none.
  public func revokeRegistrationCode(_ code: String, by operator: Operator) throws {
    try commit(as: `operator`) { transaction in
      guard let code = PublicID(code), try RegistrationCodes.delete(code, transaction) else {
        throw ChatError(.notFound, "There is no such registration code.")
      }
      try `operator`.record(.registrationCodeRevoked, transaction)
    }
  }

  /// The code that a registration uses up; nil where none is needed. Throws `registration_closed` if registration is not open to this
  /// request.
  func registrationCode(_ code: String?) throws(ChatError) -> PublicID? {
    switch settings.registration {
    case .open: return nil
    case .closed: throw ChatError(.registrationClosed, "Nobody can register here: the operator makes the accounts.")
    case .invite:
      guard let code else { throw ChatError(.registrationClosed, "Registration here needs a code from the operator (registration_code).") }
      guard let id = PublicID(code) else { throw Self.unusableCode }
      return id
    }
  }

  /// Uses a registration code once. Throws if it is unknown, expired or used up: of two who use its last use at the same time, one gets in.
  static func use(_ code: PublicID?, _ transaction: Transaction) throws {
    guard let code else { return }
    guard try RegistrationCodes.takeUse(of: code, at: transaction.now, transaction) else { throw unusableCode }
  }

  /// The error if a code lets nobody in now.
  static func error(of code: PublicID?, at now: Timestamp, _ database: Database) throws -> ChatError? {
    guard let code else { return nil }
    return try RegistrationCodes.find(code, at: now, database) == nil ? unusableCode : nil
  }

  private static let unusableCode = ChatError.invalid(
    "registration_code", "unknown", "This registration code does not exist, has expired or is used up.")
}
