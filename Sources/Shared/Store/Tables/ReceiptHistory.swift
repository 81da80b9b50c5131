// How far the members of a room have got, and when they came there.
package import Domain
package import SQL

package enum ReceiptHistory {
  /// How far behind a mark its steps are kept: of messages within it, it is known exactly when they were read.
  package static let keptSeqs: Int64 = 200

  /// Moves a member's marks forward to `marks`, of which at least one is new.
  package static func move(
    _ room: RoomRowID, _ user: UserRowID, from old: ReadMarkers, to marks: ReadMarkers, at now: Timestamp, _ transaction: Transaction
  ) throws {
    let database = transaction.database
    try database.run(
      "UPDATE memberships SET delivered_seq = ?, preview_seq = ?, read_seq = ? WHERE room_id = ? AND user_id = ?",
      .integer(marks.deliveredSeq), .integer(marks.previewSeq), .integer(marks.readSeq), .integer(room.value), .integer(user.value))
    // Marks that moved together are one step, of the highest.
    var above: Int64 = -1
    for state in [ReceiptState.read, .previewRead, .delivered] {
      let seq = marks.seq(of: state)
      defer { above = seq }
      guard seq > old.seq(of: state), seq != above else { continue }
      try database.run(
        "INSERT INTO mark_steps (room_id, user_id, state, seq, at) VALUES (?, ?, ?, ?, ?)", .integer(room.value), .integer(user.value),
        .integer(state.rawValue), .integer(seq), .integer(now.milliseconds))
      try database.run(
        "DELETE FROM mark_steps WHERE room_id = ? AND user_id = ? AND state = ? AND seq < ?", .integer(room.value), .integer(user.value),
        .integer(state.rawValue), .integer(seq - keptSeqs))
    }
  }

  /// Whoever speaks has read what was said before. Her own message needs no receipt, so this leaves no step.
  package static func speak(_ place: MessageID, by user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE memberships SET delivered_seq = ?1, preview_seq = ?1, read_seq = ?1 WHERE room_id = ?2 AND user_id = ?3",
      .integer(place.seq), .integer(place.room.value), .integer(user.value))
  }

  /// Who was in the room when a message was said, its author left out, and those who hide their reading; by the age of their accounts.
  package static func receipts(
    of place: MessageID, author: UserRowID, saidAt: Timestamp, after cursor: Int64, limit: Int, _ database: Database
  ) throws -> [Receipt] {
    let answers = try firstWords(after: place, database)
    return try database.all(
      """
      SELECT m.user_id, u.public_id, m.delivered_seq, m.preview_seq, m.read_seq, (
        SELECT s.at FROM mark_steps s
        WHERE s.room_id = m.room_id AND s.user_id = m.user_id AND s.seq >= ?2
          AND s.state = CASE WHEN m.read_seq >= ?2 THEN 3 WHEN m.preview_seq >= ?2 THEN 2 ELSE 1 END
        ORDER BY s.seq LIMIT 1
      )
      FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.room_id = ?1 AND m.user_id > ?3 AND m.user_id <> ?4 AND m.joined_seq < ?2 AND u.hides_reading = 0
      ORDER BY m.user_id LIMIT ?5
      """, .integer(place.room.value), .integer(place.seq), .integer(cursor), .integer(author.value), .integer(Int64(limit))
    ) { row in
      let user = UserRowID(row.integer(0))
      let state = ReadMarkers(deliveredSeq: row.integer(2), previewSeq: row.integer(3), readSeq: row.integer(4)).state(of: place.seq)
      var at = row.optionalInteger(5).map { Timestamp(milliseconds: $0) }
      // Whoever answered without marking had read by then at the latest.
      if state == .read, let answered = answers[user] { at = min(at ?? answered, answered) }
      return Receipt(rowID: user, user: PublicID(trusted: row.text(1)), state: state, at: state == nil ? saidAt : at)
    }
  }

  /// The first message of each of those who spoke within the next `keptSeqs` messages, by when it was said.
  private static func firstWords(after place: MessageID, _ database: Database) throws -> [UserRowID: Timestamp] {
    let found: [(UserRowID, Timestamp?)] = try database.all(
      """
      SELECT user_id, json_extract(json, '$.created_at'), min(id) FROM messages
      WHERE id > ?1 AND id <= ?2 GROUP BY user_id
      """, .integer(place.row), .integer(place.room.value << 32 | min(place.seq + keptSeqs, MessageID.seqMax))
    ) { (UserRowID($0.integer(0)), Timestamp(rfc3339: $0.text(1))) }
    return Dictionary(found.compactMap { user, time in time.map { (user, $0) } }, uniquingKeysWith: min)
  }
}
