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
    headers += error.headers
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
    problemCode = problem.code
  }

  static func list(_ methods: [Method]) -> String {
    methods.map(\.rawValue).joined(separator: ", ")
  }
}
