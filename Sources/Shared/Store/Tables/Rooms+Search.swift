// Finding public rooms by their names and topics.
package import Domain
package import SQL
import SearchIndex
package import TextSearch

extension Rooms {
  /// Rooms that one question to the index may propose; of more, those with the most members.
  static let candidatesMax = 256
  /// Rooms whose members are compared for that; of more, the oldest.
  static let comparedMax = 10_000

  /// Public rooms whose name and topic have all the words of `text`, or words that are like them.
  package static func search(
    _ query: SearchQuery, for viewer: UserRowID, after cursor: RoomHitCursor?, limit: Int, _ database: Database
  ) throws -> [RoomHit] {
    var found: [Int64: RoomHit] = [:]
    func page() -> ArraySlice<RoomHit> {
      let hits = found.values.sorted { $0.place > $1.place }
      guard let cursor else { return hits.prefix(limit) }
      return hits.drop { $0.place >= (cursor.rank, cursor.members, cursor.room) }.prefix(limit)
    }
    // What is not found by beginnings of words comes after what is, and takes longer.
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
      """
      SELECT r.id, r.public_id, r.kind, r.name, r.topic, r.created_at, r.member_count, r.last_seq, r.last_activity_at, creator.public_id,
        NULL, m.role, m.delivered_seq, m.preview_seq, m.read_seq, m.notify, m.muted_until,
        NULL, NULL, NULL, NULL, NULL, NULL, m.mentions
      FROM (
        SELECT r.id FROM (SELECT rowid FROM room_names WHERE room_names MATCH ?1 LIMIT ?2) n JOIN rooms r ON r.id = n.rowid
        ORDER BY r.member_count DESC, r.id DESC LIMIT ?3
      ) best
      JOIN rooms r ON r.id = best.id
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?4
      LEFT JOIN users creator ON creator.id = r.created_by
      """, .text(expression), .integer(Int64(comparedMax)), .integer(Int64(candidatesMax)), .integer(viewer.value), read: view)
  }
}

extension RoomHit {
  fileprivate var place: (Int64, Int64, Int64) { (rank, view.room.memberCount, view.room.rowID.value) }
}
