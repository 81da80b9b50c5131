// Search for public rooms by name and topic.
public import Domain
public import SQL
import SearchIndex
public import TextSearch

extension Rooms {
  /// Candidates of one query to the index; of more, the rooms with the most members.
  static let candidatesMax = 256
  /// Rooms whose member counts are compared for that; of more, the oldest.
  static let comparedMax = 10_000

  /// Public rooms whose name and topic have all the words of the query, or similar ones.
  public static func search(
    _ query: SearchQuery, for viewer: UserRowID, after cursor: RoomHitCursor?, limit: Int, _ database: Database
  ) throws -> [RoomHit] {
    var found: [Int64: RoomHit] = [:]
    func page() -> ArraySlice<RoomHit> {
      let hits = found.values.sorted { $0.place > $1.place }
      guard let cursor else { return hits.prefix(limit) }
      return hits.drop { $0.place >= (cursor.rank, cursor.members, cursor.room) }.prefix(limit)
    }
    // Fuzzy matches rank below prefix matches, and take longer to find.
    for mode in [TermDictionary.MatchMode.prefix, .fuzzy] where page().count < limit {
      for view in try candidates(query, mode, for: viewer, database) where found[view.room.rowID.value] == nil {
        guard let quality = query.quality(names: [view.room.name ?? ""], description: view.room.topic) else { continue }
        found[view.room.rowID.value] = RoomHit(view: view, rank: quality.rawValue)
      }
    }
    return Array(page())
  }

  private static func candidates(
    _ query: SearchQuery, _ mode: TermDictionary.MatchMode, for viewer: UserRowID, _ database: Database
  ) throws -> [RoomView] {
    guard let expression = try TermDictionary.rooms.expression(query, mode, database) else { return [] }
    return try database.all(
      selectCandidates, .text(expression), .integer(Int64(comparedMax)), .integer(Int64(candidatesMax)), .integer(viewer.value),
      read: summary)
  }
}

extension RoomHit {
  fileprivate var place: (Int64, Int64, Int64) { (rank, view.room.memberCount, view.room.rowID.value) }
}

// MARK: Statements

extension Rooms {
  private static let selectCandidates = Statement(
    composing: """
      SELECT \(ColumnList.room), r.last_activity_at, \(ColumnList.membership)
      FROM (
        SELECT r.id FROM (SELECT rowid FROM room_names WHERE room_names MATCH ?1 LIMIT ?2) n JOIN rooms r ON r.id = n.rowid
        ORDER BY r.member_count DESC, r.id DESC LIMIT ?3
      ) best
      JOIN rooms r ON r.id = best.id
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?4
      LEFT JOIN users creator ON creator.id = r.created_by
      """)
}
