// One line of the API: a method, a path and who answers.
import Chat

struct Route: Sendable, CustomStringConvertible {
  enum Handler: Sendable {
    /// For anyone.
    case open(@Sendable (Call) throws -> Response)
    /// For those who bear an access token.
    case signedIn(@Sendable (Call, Principal) throws -> Response)
  }

  let method: Method
  let template: String
  let handler: Handler

  var description: String { "\(method.rawValue) \(template)" }

  static func open(_ method: Method, _ template: String, _ handler: @escaping @Sendable (Call) throws -> Response) -> Route {
    Route(method: method, template: template, handler: .open(handler))
  }

  static func signedIn(_ method: Method, _ template: String, _ handler: @escaping @Sendable (Call, Principal) throws -> Response) -> Route {
    Route(method: method, template: template, handler: .signedIn(handler))
  }
}
