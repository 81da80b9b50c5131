// Errors as HTTP responses: problem documents with the headers that go with them.
import Chat
import Domain
import Wire

extension Response {
  /// An error that a handler threw. Logs what is neither a rule of the chat nor of HTTP, with the request's id. `forOAuth`: of a token
  /// endpoint.
  init(_ error: any Error, requestID: String, forOAuth: Bool = false) {
    if let error = error as? HTTPError {
      self.init(Problem(error), requestID: requestID, forOAuth)
      if error.code == .unsupportedContentEncoding { headers.append(("Accept-Encoding", "identity")) }
    } else {
      self.init(ChatError(mapping: error, context: "request \(requestID)"), requestID: requestID, forOAuth: forOAuth)
    }
  }

  init(_ error: ChatError, requestID: String, forOAuth: Bool = false) {
    self.init(Problem(error), requestID: requestID, forOAuth)
    switch error.code {
    case .tokenExpired:
      headers.append(("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"The access token has expired\""))
    case .unauthenticated, .badCredentials:
      headers.append(("WWW-Authenticate", "Bearer"))
    default:
      break
    }
    let seconds = error.retryAfterMilliseconds.map { $0 / 1000 + ($0 % 1000 > 0 ? 1 : 0) }
    if let seconds { headers.append(("Retry-After", String(seconds))) }
    if let limit = error.limit { describe(limit, seconds) }
  }

  /// The headers of the IETF's draft-ietf-httpapi-ratelimit-headers: the policy, and that nothing of it is left for so many seconds.
  private mutating func describe(_ limit: ExceededLimit, _ seconds: Int64?) {
    let window = limit.windowMilliseconds.map { ";w=\($0 / 1000)" } ?? ""
    headers.append(("RateLimit-Policy", "\"\(limit.name.rawValue)\";q=\(limit.count)\(window)"))
    headers.append(("RateLimit", "\"\(limit.name.rawValue)\";r=0" + (seconds.map { ";t=\($0)" } ?? "")))
  }

  /// 405: `allowed` are the methods of the path.
  init(allowed: [Method], requestID: String, forOAuth: Bool) {
    self.init(Problem(HTTPError(.methodNotAllowed, "This path allows \(Self.list(allowed)).")), requestID: requestID, forOAuth)
    headers.append(("Allow", Self.list(allowed)))
  }

  private init(_ problem: Problem, requestID: String, _ forOAuth: Bool) {
    var problem = problem
    problem.isForOAuth = forOAuth
    self.init(status: problem.status, body: JSONWriter.problem(problem, requestID: requestID))
    contentType = Self.problem
  }

  static func list(_ methods: [Method]) -> String {
    methods.map(\.rawValue).joined(separator: ", ")
  }
}
