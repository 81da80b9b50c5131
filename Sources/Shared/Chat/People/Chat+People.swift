// Looking people up.
package import Domain
import SQL
import Store
import TextSearch

extension Chat {
  /// Everybody, by name; `cursor` is the number of the last one of the page before.
  package func users(after cursor: Int64, limit: Int) throws -> [User] {
    try readers.read { try Users.list(prefix: "", after: cursor, limit: limit, $0) }
  }

  /// People by the beginnings of their names, then by likeness, the best first. Throws if `text` is too long.
  package func users(searchedBy text: String, after cursor: UserHitCursor?, limit: Int) throws -> [UserHit] {
    let query = try SearchQuery(checking: text)
    return try readers.read { database in
      try database.snapshot { try Users.search(query, after: cursor, limit: limit, database) }
    }
  }
}
