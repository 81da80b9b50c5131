// Looking people up.
package import Domain
import Store

extension Chat {
  /// Users whose name begins with `prefix`, by name; `cursor` is the number of the last one of the page before.
  package func users(prefix: String, after cursor: Int64, limit: Int) throws -> [User] {
    try readers.read { try Users.list(prefix: prefix, after: cursor, limit: limit, $0) }
  }
}
