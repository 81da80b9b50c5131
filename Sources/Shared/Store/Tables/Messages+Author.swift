// All messages of one author.
public import Domain
public import SQL

extension Messages {
  /// Rows that are looked at for one portion: a few milliseconds. There is no index by author: every message would pay for it, and this is
  /// used only by account export and erasure.
  public static let portionRows: Int64 = 20_000

  /// The next messages of `author`, without those in tails (`roomsWithTails`), after the row `cursor` (0: from the first), at most `limit`.
  public static func said(by author: UserRowID, after cursor: Int64, limit: Int, _ database: Database) throws -> AuthoredMessageBatch {
    let said = try database.all(
      """
      SELECT id, json FROM (SELECT id, user_id, json FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2) WHERE user_id = ?3 LIMIT ?4
      """, .integer(cursor), .integer(portionRows), .integer(author.value), .integer(Int64(limit))
    ) { row in
      AuthoredMessage(id: MessageID(row: row.integer(0)), json: row.bytes(1))
    }
    if said.count == limit, let last = said.last { return AuthoredMessageBatch(messages: said, next: last.id.row) }
    let end = try database.first(
      "SELECT max(id), count(*) FROM (SELECT id FROM messages WHERE id > ? ORDER BY id LIMIT ?)", .integer(cursor), .integer(portionRows)
    ) { (last: $0.integer(0), count: $0.integer(1)) }
    guard let end, end.count == portionRows else { return AuthoredMessageBatch(messages: said, next: nil) }
    return AuthoredMessageBatch(messages: said, next: end.last)
  }
}

extension Messages {
  /// Removes the client id of a message that has moved, whose author is deleted and will not repeat it.
  public static func forgetClientID(_ place: MessageID, announcedAt position: Int64, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE messages SET client_id = NULL, fingerprint = NULL WHERE id = ?", .integer(place.row))
    try transaction.database.run(
      "UPDATE journal SET client_id = NULL, fingerprint = NULL WHERE position = ? AND client_id IS NOT NULL", .integer(position))
  }
}
