// All messages of one author.
public import Domain
public import SQL

extension Messages {
  /// Rows that are looked at for one portion: a few milliseconds. There is no index by author: every message would pay for it, and this is
  /// used only by account export and erasure.
  public static let portionRows: Int64 = 20_000

  /// The next messages of `author` after the row `cursor` (0: from the first), in the order of their rows, at most `limit`. To be called in a
  /// snapshot.
  public static func said(by author: UserRowID, after cursor: Int64, limit: Int, _ database: Database) throws -> AuthoredMessageBatch {
    var batch = try saidInTable(by: author, after: cursor, limit: limit, database)
    // The tail of a room comes after its other messages, in rows as in numbers.
    let inTails = try saidInTails(by: author, after: cursor, through: batch.next ?? .max, limit: limit, database)
    guard !inTails.isEmpty else { return batch }
    let said = (batch.messages + inTails).sorted { $0.id.row < $1.id.row }
    batch = AuthoredMessageBatch(messages: Array(said.prefix(limit)), next: said.count > limit ? said[limit - 1].id.row : batch.next)
    return batch
  }

  /// More than `limit` by the rest of a tail at most, and complete up to the last one that is returned.
  private static func saidInTails(
    by author: UserRowID, after cursor: Int64, through last: Int64, limit: Int, _ database: Database
  ) throws -> [AuthoredMessage] {
    var found: [AuthoredMessage] = []
    let rooms = try database.all(
      "SELECT id, tail_position FROM rooms WHERE id BETWEEN ? AND ? AND tail_count > 0 ORDER BY id", .integer(cursor >> 32),
      .integer(last >> 32)
    ) { (id: RoomRowID($0.integer(0)), tailPosition: $0.integer(1)) }
    for room in rooms where found.count <= limit {
      for message in try tail(endingAt: room.tailPosition, from: 1, database) where message.author == author {
        let id = MessageID(room: room.id, seq: message.seq)
        guard id.row > cursor, id.row <= last else { continue }
        found.append(AuthoredMessage(id: id, json: message.json))
      }
    }
    return found
  }

  private static func saidInTable(
    by author: UserRowID, after cursor: Int64, limit: Int, _ database: Database
  ) throws -> AuthoredMessageBatch {
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
