// The read markers of members, and when they moved.
public import Domain
public import SQL

public enum ReceiptHistory {
  /// How far behind a marker its steps are kept: of messages within it, it is known exactly when they were read.
  public static let keptSeqs: Int64 = 200

  /// Moves a member's markers forward to `markers`, of which at least one is new. Who reads on takes back a mark as unread.
  public static func move(
    _ room: RoomRowID, _ user: UserRowID, from old: ReadMarkers, to markers: ReadMarkers, at now: Timestamp, _ transaction: Transaction
  ) throws {
    let database = transaction.database
    try database.run(
      """
      UPDATE memberships SET delivered_seq = ?1, preview_seq = ?2, read_seq = ?3,
        marked_unread_seq = CASE WHEN read_seq = ?3 THEN marked_unread_seq END
      WHERE room_id = ?4 AND user_id = ?5
      """, .integer(markers.deliveredSeq), .integer(markers.previewSeq), .integer(markers.readSeq), .integer(room.value),
      .integer(user.value))
    // Markers that moved together are one step, of the highest.
    var above: Int64 = -1
    for state in [ReceiptState.read, .previewRead, .delivered] {
      let seq = markers.seq(of: state)
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

  /// Moves the author's markers to the message just posted. An author needs no receipt of their own message, so this leaves no step.
  /// It takes back a mark as unread.
  public static func recordPost(_ place: MessageID, by user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      UPDATE memberships SET delivered_seq = ?1, preview_seq = ?1, read_seq = ?1, marked_unread_seq = NULL
      WHERE room_id = ?2 AND user_id = ?3
      """,
      .integer(place.seq), .integer(place.room.value), .integer(user.value))
  }

  /// The receipts of a message as `viewer` sees them: of those who were members when it was posted, without the author, users who hide read
  /// receipts, and users between whom and the viewer a block stands; by row id.
  public static func receipts(
    of place: MessageID, author: UserRowID, for viewer: UserRowID, postedAt: Timestamp, after cursor: Int64, limit: Int,
    _ database: Database
  ) throws -> [Receipt] {
    let postTimes = try firstPostTimes(after: place, database)
    return try database.all(
      selectReceipts, .integer(place.room.value), .integer(place.seq), .integer(cursor), .integer(author.value), .integer(Int64(limit)),
      .integer(ReceiptState.read.rawValue), .integer(ReceiptState.previewRead.rawValue), .integer(ReceiptState.delivered.rawValue),
      .integer(viewer.value)
    ) { row in
      let user = UserRowID(row.integer(0))
      let state = ReadMarkers(deliveredSeq: row.integer(2), previewSeq: row.integer(3), readSeq: row.integer(4)).state(of: place.seq)
      var at = row.optionalInteger(5).map { Timestamp(milliseconds: $0) }
      // A member who has posted since then had read the message by the time of the post at the latest.
      if state == .read, let time = postTimes[user] { at = min(at ?? time, time) }
      return Receipt(rowID: user, user: PublicID(trusted: row.text(1)), state: state, at: state == nil ? postedAt : at)
    }
  }

  /// When each author of the next `keptSeqs` messages wrote the first of them.
  private static func firstPostTimes(after id: MessageID, _ database: Database) throws -> [UserRowID: Timestamp] {
    let last = min(id.seq + keptSeqs, MessageID.seqMax)
    var found: [(UserRowID, Timestamp?)] = try database.all(
      """
      SELECT m.user_id, m.json ->> 'created_at'
      FROM (SELECT min(id) AS id FROM messages WHERE id > ?1 AND id <= ?2 GROUP BY user_id) first JOIN messages m ON m.id = first.id
      """, .integer(id.row), .integer(MessageID(room: id.room, seq: last).row)
    ) { (UserRowID($0.integer(0)), Timestamp(rfc3339: $0.text(1))) }
    try Messages.forEachInTail(of: id.room, from: id.seq + 1, database) { row in
      guard row.integer(0) <= last else { return }
      found.append((UserRowID(row.integer(1)), Timestamp(rfc3339: row.text(4))))
    }
    return Dictionary(found.compactMap { user, time in time.map { (user, $0) } }, uniquingKeysWith: min)
  }
}

// MARK: Statements

extension ReceiptHistory {
  private static let selectReceipts = Statement(
    composing: """
      SELECT m.user_id, u.public_id, m.delivered_seq, m.preview_seq, m.read_seq, (
        SELECT s.at FROM mark_steps s
        WHERE s.room_id = m.room_id AND s.user_id = m.user_id AND s.seq >= ?2
          AND s.state = CASE WHEN m.read_seq >= ?2 THEN ?6 WHEN m.preview_seq >= ?2 THEN ?7 ELSE ?8 END
        ORDER BY s.seq LIMIT 1
      )
      FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.room_id = ?1 AND m.user_id > ?3 AND m.user_id <> ?4 AND m.joined_seq < ?2 AND u.hides_reading = 0
        AND NOT (\(Blocks.stands(between: "m.user_id", "?9")))
      ORDER BY m.user_id LIMIT ?5
      """)
}
