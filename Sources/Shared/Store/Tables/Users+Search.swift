// Search for users by name.
public import Domain
public import SQL
import SearchIndex
public import TextSearch

extension Users {
  /// Candidates of one query to the index; of more, the oldest accounts.
  static let candidatesMax = 256
  /// A user name ranks above equal display names.
  private static let nameRank = MatchQuality.fullName.rawValue + 1

  /// Users whose user name begins with the query, or whose names have all its words, or similar ones.
  public static func search(_ query: SearchQuery, after cursor: UserHitCursor?, limit: Int, _ database: Database) throws -> [UserHit] {
    let prefix = query.text.lowercased()
    let last = try cursor.flatMap { cursor in
      try database.first("SELECT username FROM users WHERE id = ?", .integer(cursor.user)) { (rank: cursor.rank, name: $0.text(0)) }
    }
    var found: [Int64: UserHit] = [:]
    func take(_ users: [User]) {
      for user in users where found[user.rowID.value] == nil {
        // A user name may begin with what is no word, such as "_".
        let isPrefix = user.username.hasPrefix(prefix)
        guard let quality = query.quality(names: [user.username, user.displayName]) ?? (isPrefix ? .namePrefix : nil) else { continue }
        found[user.rowID.value] = UserHit(user: user, rank: user.username == prefix ? nameRank : quality.rawValue)
      }
    }
    func page() -> ArraySlice<UserHit> {
      let hits = found.values.sorted { ($1.rank, $0.user.username) < ($0.rank, $1.user.username) }
      guard let last else { return hits.prefix(limit) }
      return hits.drop { ($0.rank, last.name) >= (last.rank, $0.user.username) }.prefix(limit)
    }
    // User names are read in order: the next ones are enough.
    let beginning = MatchQuality.namePrefix.rawValue
    if let cursor, let last, last.rank == beginning {
      take(try list(prefix: prefix, after: cursor.user, limit: limit, database))
    } else if last.map({ $0.rank > beginning }) ?? true {
      take(try list(prefix: prefix, after: 0, limit: limit, database))
    }
    take(try candidates(query, .prefix, database))
    // Fuzzy matches rank below all those, and take longer to find.
    if page().count < limit { take(try candidates(query, .fuzzy, database)) }
    return Array(page())
  }

  private static func candidates(_ query: SearchQuery, _ mode: TermDictionary.MatchMode, _ database: Database) throws -> [User] {
    guard let expression = try TermDictionary.users.expression(query, mode, database) else { return [] }
    return try database.all(selectCandidates, .text(expression), .integer(Int64(candidatesMax))) { user($0) }
  }
}

// MARK: Statements

extension Users {
  private static let selectCandidates = Statement(
    composing: """
      SELECT \(ColumnList.user)
      FROM user_names JOIN users u ON u.id = user_names.rowid WHERE user_names MATCH ? AND u.deleted_at IS NULL LIMIT ?
      """)
}
