// Pages of other sites that the operator has named may use the API from a browser (CORS, fetch.spec.whatwg.org).

/// Bearer tokens only: cookies are neither sent (SameSite) nor allowed (no Allow-Credentials), and `X-EchoChat`, which the refresh
/// cookie asks for, is not among the headers that another site's page may send.
struct CORSPolicy: Sendable {
  /// Compared to the letter: an origin that merely begins or ends like a known one is a stranger's.
  let origins: Set<String>

  func marked(_ response: Response, _ request: Request) -> Response {
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
