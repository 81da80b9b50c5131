// The three dictionaries: of messages in `search.db`, of names of users and of rooms in the database itself.
import SQL

extension TermDictionary {
  static let messages = TermDictionary(table: "terms", pieces: "term_pieces")
  public static let users = TermDictionary(table: "user_terms", pieces: "user_term_pieces")
  public static let rooms = TermDictionary(table: "room_terms", pieces: "room_term_pieces")

  /// The statements for a pair of tables. Never frees them: for a `static let` only.
  private init(table: String, pieces: String) {
    find = Statement(composing: "SELECT id FROM \(table) WHERE term = ?")
    beginningWith = Statement(composing: "SELECT id FROM \(table) WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3")
    containing = Statement(composing: "SELECT rowid FROM \(pieces) WHERE \(pieces) MATCH ? ORDER BY rowid LIMIT ?")
    containingShort = Statement(
      composing: "SELECT id FROM \(table) WHERE id <= ?2 AND instr(term, ?1) > 0 ORDER BY id LIMIT ?3")
    withPieces = Statement(
      composing: """
        SELECT \(table).id, \(table).term FROM \(pieces) JOIN \(table) ON \(table).id = \(pieces).rowid
        WHERE \(pieces) MATCH ? AND length(\(table).term) BETWEEN ? AND ? ORDER BY \(pieces).rowid LIMIT ?
        """)
    insert = Statement(composing: "INSERT INTO \(table) (term) VALUES (?)")
    insertPieces = Statement(composing: "INSERT INTO \(pieces) (rowid, term) VALUES (?, ?)")
    delete = Statement(composing: "DELETE FROM \(table) WHERE id = ? RETURNING term")
    mergePieces = Statement(composing: "INSERT INTO \(pieces) (\(pieces), rank) VALUES ('merge', ?)")
    deletePieces = Statement(composing: "INSERT INTO \(pieces) (\(pieces), rowid, term) VALUES ('delete', ?, ?)")
  }
}
