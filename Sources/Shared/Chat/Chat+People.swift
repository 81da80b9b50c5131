// Looking people up.
package import Domain
import Store

extension Chat {
  /// A user, as anyone signed in may know of her.
  package func user(_ id: String) throws -> User {
    guard let id = PublicID(id), let user = try readers.read({ try Users.find(id, $0) }) else { throw Refusal.notFound }
    return user
  }
}
