// What was said, side by side in each room.
package import Domain

extension MessagePlace {
  /// The row number: room and seq, 32 bits each.
  var row: Int64 { room.number << 32 | seq }
}

package enum Messages {
  /// Where a room ends: the numbers of its newest message and of its newest event, 0 before the first.
  package struct RoomEnd: Sendable {
    package let room: RoomNumber
    package let lastSeq: Int64
    package let lastPosition: Int64

    package init(room: RoomNumber, lastSeq: Int64, lastPosition: Int64) {
      self.room = room
      self.lastSeq = lastSeq
      self.lastPosition = lastPosition
    }
  }

  /// What a poster is to the room she posts to, in one question.
  package struct PostingAccess: Sendable {
    package let end: RoomEnd
    package let kind: RoomKind
    package let role: Role?
    package let user: User
    /// Messages that she has not read and that mention her.
    package let mentions: Int64

    package var room: RoomNumber { end.room }
  }

  package struct Stored: Sendable {
    package let place: MessagePlace
    package let author: UserNumber
    package let fingerprint: Int64?
    /// Where the journal announced it.
    package let position: Int64
    package let json: [UInt8]
  }

  /// One page, ascending by seq.
  package struct Page: Sendable {
    /// The messages' JSON, separated by commas.
    package var json: [UInt8] = []
    package var count = 0
    package var hasBefore = false
    package var hasAfter = false
  }

  /// Which part of a room's history is asked for.
  package enum Window: Sendable {
    case latest
    case before(Int64)
    case after(Int64)
    case around(Int64)
  }

  /// Nil if there is no such room, or if the session no longer stands: what was true when the connection signed in is asked again with every message.
  package static func postingAccess(session: SessionNumber, to room: PublicID, _ database: Database) throws -> PostingAccess? {
    try database.first(
      """
      SELECT r.id, r.kind, m.role, r.last_seq, r.last_position, m.mentions,
        u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at
      FROM sessions s
      JOIN users u ON u.id = s.user_id
      JOIN rooms r ON r.public_id = ?2
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = u.id
      WHERE s.id = ?1 AND u.suspended_at IS NULL
      """, .integer(session.number), .text(room.text)
    ) { row in
      PostingAccess(
        end: RoomEnd(room: RoomNumber(row.integer(0)), lastSeq: row.integer(3), lastPosition: row.integer(4)),
        kind: RoomKind(rawValue: row.integer(1)) ?? .group, role: row.optionalInteger(2).flatMap(Role.init(rawValue:)),
        user: Users.user(row, 6), mentions: row.integer(5))
    }
  }

  /// Stores a message at the next place of its room, with the event that announces it, and answers the place. `end` was read in this
  /// transaction and nothing happened in the room since, so that the hot path asks for everything once.
  @discardableResult
  package static func append(
    _ json: [UInt8], author: UserNumber, clientID: ClientID?, fingerprint: Int64?, after end: RoomEnd, at now: Timestamp,
    _ transaction: Transaction
  ) throws -> MessagePlace {
    let place = MessagePlace(room: end.room, seq: end.lastSeq + 1)
    let position = try Journal.insert(.newMessage, room: end.room, previous: end.lastPosition, data: json, at: now, transaction)
    try transaction.database.run(
      "INSERT INTO messages (id, user_id, client_id, fingerprint, position, json) VALUES (?, ?, ?, ?, ?, ?)", .integer(place.row),
      .integer(author.number), .optional(clientID?.text), .optional(fingerprint), .integer(position), .utf8(json))
    try transaction.database.run(
      "UPDATE rooms SET last_seq = ?, last_position = ?, last_activity_at = max(last_activity_at, ?) WHERE id = ?", .integer(place.seq),
      .integer(position), .integer(now.milliseconds), .integer(end.room.number))
    return place
  }

  package static func replace(_ place: MessagePlace, json: [UInt8], _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE messages SET json = ? WHERE id = ?", .utf8(json), .integer(place.row))
  }

  package static func find(_ place: MessagePlace, _ database: Database) throws -> Stored? {
    guard (1...MessagePlace.seqMax).contains(place.seq) else { return nil }
    return try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE id = ?", .integer(place.row), read: stored)
  }

  /// The message that a sender already posted under this name.
  package static func find(author: UserNumber, clientID: ClientID, _ database: Database) throws -> Stored? {
    try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE user_id = ? AND client_id = ?", .integer(author.number),
      .text(clientID.text), read: stored)
  }

  /// Reads a page in two range scans of the primary key at most; one row more than asked tells whether there is more.
  package static func page(of room: RoomNumber, _ window: Window, limit: Int, _ database: Database) throws -> Page {
    let first = room.number << 32 | 1
    let last = room.number << 32 | MessagePlace.seqMax
    func row(_ seq: Int64) -> Int64 { room.number << 32 | min(max(seq, 0), MessagePlace.seqMax) }

    var page = Page()
    switch window {
    case .latest:
      try readBack(from: last, downTo: first, limit, into: &page, database)
    case .before(let seq):
      try readBack(from: row(seq) - 1, downTo: first, limit, into: &page, database)
      page.hasAfter = try exists(from: row(seq), to: last, database)
    case .after(let seq):
      try readOn(from: row(seq) + 1, upTo: last, limit, into: &page, database)
      page.hasBefore = try exists(from: first, to: row(seq), database)
    case .around(let seq):
      let older = limit / 2
      try readBack(from: row(seq) - 1, downTo: first, older, into: &page, database)
      try readOn(from: row(seq), upTo: last, limit - older, into: &page, database)
    }
    return page
  }

  private static func readOn(from start: Int64, upTo end: Int64, _ limit: Int, into page: inout Page, _ database: Database) throws {
    var wanted = limit
    try database.forEach(
      "SELECT json FROM messages WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?", .integer(start), .integer(end), .integer(Int64(limit) + 1)
    ) { row in
      guard wanted > 0 else {
        page.hasAfter = true
        return
      }
      wanted -= 1
      if page.count > 0 { page.json.append(UInt8(ascii: ",")) }
      row.append(0, to: &page.json)
      page.count += 1
    }
  }

  /// Finds the oldest row of the page by walking the key backwards, then reads forwards, so that nothing has to be reversed.
  private static func readBack(from start: Int64, downTo end: Int64, _ limit: Int, into page: inout Page, _ database: Database) throws {
    guard start >= end, limit > 0 else {
      page.hasBefore = try start >= end && exists(from: end, to: start, database)
      return
    }
    var oldest: Int64?
    var seen = 0
    try database.forEach(
      "SELECT id FROM messages WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?", .integer(end), .integer(start),
      .integer(Int64(limit) + 1)
    ) { row in
      seen += 1
      if seen > limit { page.hasBefore = true } else { oldest = row.integer(0) }
    }
    guard let oldest else { return }
    try readOn(from: oldest, upTo: start, limit, into: &page, database)
  }

  private static func exists(from start: Int64, to end: Int64, _ database: Database) throws -> Bool {
    guard start <= end else { return false }
    return try database.first("SELECT 1 FROM messages WHERE id BETWEEN ? AND ? LIMIT 1", .integer(start), .integer(end)) { _ in true }
      ?? false
  }

  private static func stored(_ row: Row) -> Stored {
    let id = row.integer(0)
    return Stored(
      place: MessagePlace(room: RoomNumber(id >> 32), seq: id & MessagePlace.seqMax), author: UserNumber(row.integer(1)),
      fingerprint: row.optionalInteger(2), position: row.integer(3), json: row.bytes(4))
  }
}
