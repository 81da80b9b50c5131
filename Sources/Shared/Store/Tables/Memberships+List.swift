// The list of a room's members, and search in it.
public import Domain
public import SQL
import SearchIndex
public import TextSearch

extension Memberships {
  /// Members by the order in which their accounts were made, with their markers as far as `viewer` may see them: they may not if the member
  /// hides read receipts, or a block stands between the two. An operator, nil, sees none.
  public static func members(
    of room: RoomRowID, for viewer: UserRowID?, after user: Int64, limit: Int, _ database: Database
  ) throws -> [Member] {
    try database.all(
      selectMembers, .integer(room.value), .integer(user), .integer(Int64(limit)), .optional(viewer?.value), read: member)
  }

  /// The same of those whose user name begins with the query, or whose names have all its words, or similar ones if there are no such members.
  public static func members(
    of room: RoomRowID, matching query: SearchQuery, for viewer: UserRowID, after user: Int64, limit: Int, _ database: Database
  ) throws -> [Member] {
    let prefix = query.text.lowercased()
    func found(_ mode: TermDictionary.MatchMode) throws -> [Member] {
      guard let expression = try TermDictionary.users.expression(query, mode, database) else {
        return try database.all(
          selectByUsername, .integer(room.value), .integer(user), .integer(Int64(limit)), .integer(viewer.value), .text(prefix),
          .text(prefix + "\u{7f}"), read: member)
      }
      return try database.all(
        selectMatching, .integer(room.value), .integer(user), .integer(Int64(limit)), .integer(viewer.value), .text(prefix),
        .text(prefix + "\u{7f}"), .text(expression), read: member)
    }
    let exact = try found(.prefix)
    return exact.isEmpty ? try found(.fuzzy) : exact
  }

  private static func member(_ row: Row) -> Member {
    var columns = row.columns()
    let (user, role, joinedAt, isShown) = (columns.user(), columns.role(), columns.time(), columns.bool())
    let markers = ReadMarkers(deliveredSeq: columns.integer(), previewSeq: columns.integer(), readSeq: columns.integer())
    return Member(user: user, role: role, joinedAt: joinedAt, markers: isShown ? markers : nil)
  }
}

// MARK: Statements

extension Memberships {
  private static let columns = """
    \(ColumnList.user), m.role, m.joined_at,
    ?4 IS NOT NULL AND (u.id = ?4 OR (u.hides_reading = 0 AND NOT (\(Blocks.stands(between: "m.user_id", "?4"))))),
    m.delivered_seq, m.preview_seq, m.read_seq
    """

  private static let selectMembers = Statement(
    composing: """
      SELECT \(columns) FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.room_id = ?1 AND m.user_id > ?2 ORDER BY m.user_id LIMIT ?3
      """)

  private static let named = "SELECT id FROM users WHERE username >= ?5 AND username < ?6"

  private static let selectByUsername = selectAmong(named)
  private static let selectMatching = selectAmong("\(named) UNION SELECT rowid FROM user_names WHERE user_names MATCH ?7")

  private static func selectAmong(_ users: String) -> Statement {
    Statement(
      composing: """
        SELECT \(columns) FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.room_id = ?1 AND m.user_id > ?2 AND m.user_id IN (\(users)) ORDER BY m.user_id LIMIT ?3
        """)
  }
}
