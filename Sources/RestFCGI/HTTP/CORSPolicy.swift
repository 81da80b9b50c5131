// Lets pages of other origins that the operator has named use the API from a browser (CORS, fetch.spec.whatwg.org).

/// Bearer tokens only: cookies are neither sent (SameSite) nor allowed (no Allow-Credentials), and `X-EchoChat`, which the refresh
/// cookie requires, is not among the headers that a page of another origin may send.
struct CORSPolicy: Sendable {
  /// Compared byte for byte: an origin that merely begins or ends like an allowed one is not allowed.
  let origins: Set<String>

  /// Adds the headers of CORS to the response.
  func apply(to response: Response, for request: Request) -> Response {
    guard !origins.isEmpty else { return response }
    var response = response.with("Vary", "Origin")
    guard let origin = request[.origin], origins.contains(origin) else { return response }
    response.headers.append(("Access-Control-Allow-Origin", origin))
    if request.method == .options {
      response.headers.append(("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"))
      response.headers.append(("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-None-Match"))
      response.headers.append(("Access-Control-Max-Age", "600"))
    } else {
      response.headers.append(("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id"))
    }
    return response
  }
}
