// Blocking users.
public import Domain
import SQL
import Store

extension Chat {
  /// Users that one user can have blocked at a time.
  public static let blocksMax: Int64 = 1000

  /// Blocks a user: no direct message passes between the two, neither is notified of the other's mentions or can add or invite them to
  /// rooms, and neither hears of the other's typing, receipts, profile and presence (Decisions/0012). Invitations between the two are
  /// withdrawn. Blocking again changes nothing.
  public func block(_ id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let other = try Self.other(id, than: principal, transaction.database)
      try transaction.checkEventBudget(.user(principal.user.rowID))
      guard try Blocks.insert(principal.user.rowID, other.rowID, at: transaction.now, transaction) else { return }
      guard try Blocks.count(of: principal.user.rowID, transaction.database) <= Self.blocksMax else {
        throw ChatError(.conflict, "At most \(Self.blocksMax) users can be blocked.")
      }
      try Invitations.remove(between: principal.user.rowID, other.rowID, transaction)
      try Self.publishBlock(between: principal.user.rowID, other.rowID, transaction)
    }
  }

  /// Lifts a block; without one nothing changes.
  public func unblock(_ id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let other = try Self.other(id, than: principal, transaction.database)
      try transaction.checkEventBudget(.user(principal.user.rowID))
      guard try Blocks.delete(principal.user.rowID, other.rowID, transaction) else { return }
      try Self.publishBlock(between: principal.user.rowID, other.rowID, transaction)
    }
  }

  /// Tells the daemon whether a block, of either of the two, stands between them now.
  private static func publishBlock(between user: UserRowID, _ other: UserRowID, _ transaction: Transaction) throws {
    let change = BlockChange(other: other, stands: try Blocks.stand(between: user, other, transaction.database))
    try Journal.append(.blocksChanged, by: .user(user), user: user, data: change.data, at: transaction.now, transaction)
  }

  /// The users that the principal has blocked.
  public func blocks(of principal: Principal, after cursor: Int64, limit: Int) throws -> [Block] {
    try readers.read { try Blocks.list(of: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Throws if one of two users has blocked the other. The error does not say who.
  static func checkNoBlock(between a: UserRowID, _ b: UserRowID, _ database: Database) throws {
    if try Blocks.stand(between: a, b, database) { throw blockExists }
  }

  static let blockExists = ChatError(.forbidden, "One of you has blocked the other.")

  private static func other(_ id: String, than principal: Principal, _ database: Database) throws -> User {
    guard let id = PublicID(id), let other = try Users.findPresent(id, database) else { throw ChatError.notFound }
    guard other.rowID != principal.user.rowID else { throw ChatError(.conflict, "You cannot block yourself.") }
    return other
  }
}
