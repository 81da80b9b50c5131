// The statements of the three dictionaries: of messages in `search.db`, of names of users and of rooms in the database itself.
import SQL

extension TermDictionary {
  static let messages = TermDictionary(
    find: "SELECT id FROM terms WHERE term = ?",
    beginningWith: "SELECT id FROM terms WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3",
    containing: "SELECT rowid FROM term_pieces WHERE term_pieces MATCH ? ORDER BY rowid LIMIT ?",
    withPieces: """
      SELECT terms.id, terms.term FROM term_pieces JOIN terms ON terms.id = term_pieces.rowid
      WHERE term_pieces MATCH ? AND length(terms.term) BETWEEN ? AND ? ORDER BY term_pieces.rowid LIMIT ?
      """,
    insert: "INSERT INTO terms (term) VALUES (?) RETURNING id",
    insertPieces: "INSERT INTO term_pieces (rowid, term) VALUES (?, ?)",
    delete: "DELETE FROM terms WHERE id = ? RETURNING term",
    deletePieces: "INSERT INTO term_pieces (term_pieces, rowid, term) VALUES ('delete', ?, ?)")

  package static let users = TermDictionary(
    find: "SELECT id FROM user_terms WHERE term = ?",
    beginningWith: "SELECT id FROM user_terms WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3",
    containing: "SELECT rowid FROM user_term_pieces WHERE user_term_pieces MATCH ? ORDER BY rowid LIMIT ?",
    withPieces: """
      SELECT user_terms.id, user_terms.term FROM user_term_pieces JOIN user_terms ON user_terms.id = user_term_pieces.rowid
      WHERE user_term_pieces MATCH ? AND length(user_terms.term) BETWEEN ? AND ? ORDER BY user_term_pieces.rowid LIMIT ?
      """,
    insert: "INSERT INTO user_terms (term) VALUES (?) RETURNING id",
    insertPieces: "INSERT INTO user_term_pieces (rowid, term) VALUES (?, ?)",
    delete: "DELETE FROM user_terms WHERE id = ? RETURNING term",
    deletePieces: "INSERT INTO user_term_pieces (user_term_pieces, rowid, term) VALUES ('delete', ?, ?)")

  package static let rooms = TermDictionary(
    find: "SELECT id FROM room_terms WHERE term = ?",
    beginningWith: "SELECT id FROM room_terms WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3",
    containing: "SELECT rowid FROM room_term_pieces WHERE room_term_pieces MATCH ? ORDER BY rowid LIMIT ?",
    withPieces: """
      SELECT room_terms.id, room_terms.term FROM room_term_pieces JOIN room_terms ON room_terms.id = room_term_pieces.rowid
      WHERE room_term_pieces MATCH ? AND length(room_terms.term) BETWEEN ? AND ? ORDER BY room_term_pieces.rowid LIMIT ?
      """,
    insert: "INSERT INTO room_terms (term) VALUES (?) RETURNING id",
    insertPieces: "INSERT INTO room_term_pieces (rowid, term) VALUES (?, ?)",
    delete: "DELETE FROM room_terms WHERE id = ? RETURNING term",
    deletePieces: "INSERT INTO room_term_pieces (room_term_pieces, rowid, term) VALUES ('delete', ?, ?)")
}
