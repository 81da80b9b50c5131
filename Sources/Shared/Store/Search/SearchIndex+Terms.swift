// From a query to the rows of messages.
package import Domain

extension SearchIndex {
  /// What the index is asked: nil if no message in it can have all the words.
  package static func expression(_ query: SearchWords, from author: UserNumber?, forgiving: Bool, _ index: Database) throws -> String? {
    guard let words = try Vocabulary.messages.expression(query, forgiving ? .likenesses : .insides, index) else { return nil }
    return author.map { "\(words) AND u\($0.number)" } ?? words
  }

  /// Rows of messages that may have what the expression says, in a range of rows, newest first.
  package static func rows(
    matching expression: String, from first: Int64, through last: Int64, limit: Int, _ index: Database
  ) throws -> [Int64] {
    guard first <= last else { return [] }
    return try index.all(
      "SELECT rowid FROM message_terms WHERE message_terms MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?",
      .text(expression), .integer(first), .integer(last), .integer(Int64(limit))
    ) { $0.integer(0) }
  }
}
