// Looking people up.
package import Domain
import Store

extension Chat {
  /// A user, as anyone signed in may know of her.
  package func user(_ id: String) throws -> User {
    guard let id = PublicID(id), let user = try readers.read({ try Users.find(id, $0) }) else { throw Refusal.notFound }
    return user
  }

  /// Users whose name begins with `prefix`, by name; `cursor` is the number of the last one of the page before.
  package func users(prefix: String, after cursor: Int64, limit: Int) throws -> [User] {
    try readers.read { try Users.list(prefix: prefix, after: cursor, limit: limit, $0) }
  }
}
