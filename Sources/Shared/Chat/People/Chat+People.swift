// Listing and searching users.
public import Domain
import SQL
import Store
import TextSearch

extension Chat {
  /// All users; `cursor` is the row id of the last user of the previous page.
  public func users(after cursor: Int64, limit: Int) throws -> [User] {
    try readers.read { try Users.list(prefix: "", after: cursor, limit: limit, $0) }
  }

  /// Users whose names match by prefix, then by similarity, best match first. Throws if `text` is too long.
  public func users(searchedBy text: String, after cursor: UserHitCursor?, limit: Int) throws -> [UserHit] {
    let query = try SearchQuery(checking: text)
    return try readers.read { database in
      try database.snapshot { try Users.search(query, after: cursor, limit: limit, database) }
    }
  }
}
