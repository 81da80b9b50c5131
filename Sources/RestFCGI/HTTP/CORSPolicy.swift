// Lets pages of other origins that the operator has named use the API from a browser (CORS, fetch.spec.whatwg.org).
import Configuration
import HTTPSyntax
import Posix

struct CORSPolicy: Sendable {
  private let origins: OriginPolicy

  init(_ origins: OriginPolicy) {
    self.origins = origins
  }

  /// Adds the headers of CORS to the response.
  func apply(to response: Response, for request: Request) -> Response {
    logRefusal(of: request)
    guard !origins.isEmpty else { return response }
    var response = response
    response.headers += origins.corsHeaders(origin: request[.origin], isPreflight: request.method == .options)
    return response
  }

  /// A browser asks by OPTIONS before it sends a page's request to another origin, and gives up without the headers above. (It names the
  /// origin in other requests of the site's own pages, too.)
  private func logRefusal(of request: Request) {
    guard request.method == .options, let origin = request[.origin], !origins.admits(origin: origin, host: request[.host]) else { return }
    Log.warning(OriginPolicy.refusal(of: origin, host: request[.host]))
  }
}
