// Lets pages of other origins that the operator has named use the API from a browser (CORS, fetch.spec.whatwg.org).
import Configuration
import HTTPSyntax
import Posix

/// Bearer tokens only: cookies are neither sent (SameSite) nor allowed (no Allow-Credentials), and `X-EchoChat`, which the refresh
/// cookie requires, is not among the headers that a page of another origin may send.
struct CORSPolicy: Sendable {
  private let origins: OriginPolicy

  init(_ origins: OriginPolicy) {
    self.origins = origins
  }

  /// Adds the headers of CORS to the response.
  func apply(to response: Response, for request: Request) -> Response {
    let listed = origins.listed(request[.origin])
    if listed == nil { logRefusal(of: request) }
    guard !origins.isEmpty else { return response }
    var response = response.with("Vary", "Origin")
    guard let listed else { return response }
    response.headers.append(("Access-Control-Allow-Origin", listed.text))
    if request.method == .options {
      response.headers.append(("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"))
      response.headers.append(("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-None-Match"))
      response.headers.append(("Access-Control-Max-Age", "600"))
    } else {
      response.headers.append(("Access-Control-Expose-Headers", Self.exposed))
    }
    return response
  }

  /// A browser asks by OPTIONS before it sends a page's request to another origin, and gives up without the headers above. (It names the
  /// origin in other requests of the site's own pages, too.)
  private func logRefusal(of request: Request) {
    guard request.method == .options, let origin = request[.origin], !origins.admits(origin: origin, host: request[.host]) else { return }
    Log.warning(OriginPolicy.refusal(of: origin, host: request[.host]))
  }

  /// Every header of a response that says something to a client, beside those that any page may read. nginx names them for the responses
  /// that it makes itself (echochat-server.conf).
  static let exposed =
    "Accept-Encoding, Allow, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
}
