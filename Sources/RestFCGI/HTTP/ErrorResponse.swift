// A refusal as an HTTP answer.
import Chat
import Domain
import Wire

extension Response {
  init(_ refusal: ChatError, requestID: String) {
    self.init(status: refusal.code.status, body: JSONWriter.problem(refusal, requestID: requestID))
    contentType = Self.problem
    switch refusal.code {
    case .tokenExpired:
      headers.append(("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"The access token has expired\""))
    case .unauthenticated, .badCredentials:
      headers.append(("WWW-Authenticate", "Bearer"))
    default:
      break
    }
    if let milliseconds = refusal.retryAfterMilliseconds {
      headers.append(("Retry-After", String(milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0))))
    }
  }

  /// An error that a handler threw. What is nobody's rule goes to the operator's log under the request's number.
  init(_ error: any Error, requestID: String) {
    self.init(ChatError(mapping: error, context: "request \(requestID)"), requestID: requestID)
  }

  /// 405: `allowed` are the methods of the path.
  init(allowed: [Method], requestID: String) {
    self.init(ChatError(.methodNotAllowed, "This path knows \(Self.list(allowed))."), requestID: requestID)
    headers.append(("Allow", Self.list(allowed)))
  }

  static func list(_ methods: [Method]) -> String {
    methods.map(\.rawValue).joined(separator: ", ")
  }
}
