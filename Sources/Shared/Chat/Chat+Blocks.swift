// Having nothing to do with somebody.
import Domain
package import Store

extension Chat {
  /// People whom one user may have blocked at a time.
  package static let blocksMax: Int64 = 1000

  /// Blocks someone: no direct message passes between the two, she cannot mention the blocker or take her into rooms, and neither sees
  /// the other's presence. Blocking again changes nothing.
  package func block(_ id: String, by actor: Actor) throws {
    try commit { transaction in
      let other = try Self.other(id, than: actor, transaction.database)
      guard try Blocks.insert(actor.user.number, other.number, at: .now, transaction) else { return }
      guard try Blocks.count(of: actor.user.number, transaction.database) <= Self.blocksMax else {
        throw Refusal(.conflict, "At most \(Self.blocksMax) people can be blocked.")
      }
      try Journal.append(.blocksChanged, user: actor.user.number, data: [], at: .now, transaction)
    }
  }

  /// Takes a block back. Without one, changes nothing.
  package func unblock(_ id: String, by actor: Actor) throws {
    try commit { transaction in
      let other = try Self.other(id, than: actor, transaction.database)
      guard try Blocks.delete(actor.user.number, other.number, transaction) else { return }
      try Journal.append(.blocksChanged, user: actor.user.number, data: [], at: .now, transaction)
    }
  }

  package func blocks(of actor: Actor, after cursor: Int64, limit: Int) throws -> [Blocks.Entry] {
    try readers.read { try Blocks.list(of: actor.user.number, after: cursor, limit: limit, $0) }
  }

  /// Throws if one of the two people of a direct room has blocked the other. Who has blocked whom is not told.
  static func checkNoBlock(in room: RoomNumber, _ database: Database) throws {
    if try Blocks.stand(in: room, database) { throw blockStands }
  }

  static func checkNoBlock(between a: UserNumber, _ b: UserNumber, _ database: Database) throws {
    if try Blocks.stand(between: a, b, database) { throw blockStands }
  }

  private static let blockStands = Refusal(.forbidden, "One of the two of you has blocked the other.")

  private static func other(_ id: String, than actor: Actor, _ database: Database) throws -> User {
    guard let id = PublicID(id), let other = try Users.findPresent(id, database) else { throw Refusal.notFound }
    guard other.number != actor.user.number else { throw Refusal(.conflict, "Nobody blocks herself.") }
    return other
  }
}
