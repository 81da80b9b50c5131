// Having nothing to do with somebody.
package import Domain
import SQL
import Store

extension Chat {
  /// People whom one user may have blocked at a time.
  package static let blocksMax: Int64 = 1000

  /// Blocks someone: no direct message passes between the two, she cannot mention the blocker or take her into rooms, and neither sees
  /// the other's presence. Blocking again changes nothing.
  package func block(_ id: String, by principal: Principal) throws {
    try commit { transaction in
      let other = try Self.other(id, than: principal, transaction.database)
      guard try Blocks.insert(principal.user.rowID, other.rowID, at: .now, transaction) else { return }
      guard try Blocks.count(of: principal.user.rowID, transaction.database) <= Self.blocksMax else {
        throw ChatError(.conflict, "At most \(Self.blocksMax) people can be blocked.")
      }
      try Journal.append(.blocksChanged, user: principal.user.rowID, data: [], at: .now, transaction)
    }
  }

  /// Takes a block back. Without one, changes nothing.
  package func unblock(_ id: String, by principal: Principal) throws {
    try commit { transaction in
      let other = try Self.other(id, than: principal, transaction.database)
      guard try Blocks.delete(principal.user.rowID, other.rowID, transaction) else { return }
      try Journal.append(.blocksChanged, user: principal.user.rowID, data: [], at: .now, transaction)
    }
  }

  package func blocks(of principal: Principal, after cursor: Int64, limit: Int) throws -> [Block] {
    try readers.read { try Blocks.list(of: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Throws if one of the two people of a direct room has blocked the other. Who has blocked whom is not told.
  static func checkNoBlock(in room: RoomRowID, _ database: Database) throws {
    if try Blocks.stand(in: room, database) { throw blockStands }
  }

  static func checkNoBlock(between a: UserRowID, _ b: UserRowID, _ database: Database) throws {
    if try Blocks.stand(between: a, b, database) { throw blockStands }
  }

  private static let blockStands = ChatError(.forbidden, "One of the two of you has blocked the other.")

  private static func other(_ id: String, than principal: Principal, _ database: Database) throws -> User {
    guard let id = PublicID(id), let other = try Users.findPresent(id, database) else { throw ChatError.notFound }
    guard other.rowID != principal.user.rowID else { throw ChatError(.conflict, "Nobody blocks herself.") }
    return other
  }
}
