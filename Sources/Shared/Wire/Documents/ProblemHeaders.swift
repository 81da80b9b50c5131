// The HTTP headers that go with a problem document, the same for both programs.
public import Domain

extension ChatError {
  /// Names and values: how to sign in, when to come back, and which limit was exceeded.
  public var headers: [(StaticString, String)] {
    var headers: [(StaticString, String)] = []
    switch code {
    case .tokenExpired:
      headers.append(("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"The access token has expired\""))
    case .unauthenticated, .badCredentials:
      headers.append(("WWW-Authenticate", "Bearer"))
    default:
      break
    }
    let seconds = retryAfterMilliseconds.map { $0 / 1000 + ($0 % 1000 > 0 ? 1 : 0) }
    if let seconds { headers.append(("Retry-After", String(seconds))) }
    if let limit { headers += limit.headers(retryAfterSeconds: seconds) }
    return headers
  }
}

extension ExceededLimit {
  /// The headers of the IETF's draft-ietf-httpapi-ratelimit-headers: the policy, and that nothing of it is left for so many seconds.
  fileprivate func headers(retryAfterSeconds seconds: Int64?) -> [(StaticString, String)] {
    let window = windowMilliseconds.map { ";w=\($0 / 1000)" } ?? ""
    return [
      ("RateLimit-Policy", "\"\(name.rawValue)\";q=\(count)\(window)"),
      ("RateLimit", "\"\(name.rawValue)\";r=0" + (seconds.map { ";t=\($0)" } ?? "")),
    ]
  }
}
