// One entry of the API: a method, a path template and its handler.
import Chat

struct Route: Sendable, CustomStringConvertible {
  enum Handler: Sendable {
    /// For everybody.
    case `public`(@Sendable (RequestContext) throws -> Response)
    /// For clients with a valid access token.
    case authenticated(@Sendable (RequestContext, Principal) throws -> Response)
    /// For operators; to everybody else who is signed in it looks like what does not exist.
    case operators(@Sendable (RequestContext, Operator) throws -> Response)
  }

  let method: Method
  /// A path whose variable segments are written as `{name}`.
  let template: String
  let handler: Handler

  var description: String { "\(method.rawValue) \(template)" }

  static func `public`(_ method: Method, _ template: String, _ handler: @escaping @Sendable (RequestContext) throws -> Response) -> Route {
    Route(method: method, template: template, handler: .public(handler))
  }

  static func authenticated(
    _ method: Method, _ template: String, _ handler: @escaping @Sendable (RequestContext, Principal) throws -> Response
  ) -> Route {
    Route(method: method, template: template, handler: .authenticated(handler))
  }

  static func operators(
    _ method: Method, _ template: String, _ handler: @escaping @Sendable (RequestContext, Operator) throws -> Response
  ) -> Route {
    Route(method: method, template: template, handler: .operators(handler))
  }
}
