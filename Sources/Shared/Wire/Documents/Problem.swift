// Errors as clients receive them: problem documents (RFC 9457), the same over REST and WebSocket.
public import Domain

/// One problem document, before it is written. Built from an error of the chat or of HTTP.
public struct Problem: Sendable {
  /// The stable machine word of the contract.
  public let code: String
  /// A short summary that is the same for every occurrence.
  public let title: String
  public let status: Int
  /// What is wrong this time, for people.
  public let detail: String
  public var fields: [ChatError.Field] = []
  public var retryAfterMilliseconds: Int64?
  public var limit: ExceededLimit?
  /// Whether it is written with the members that clients of OAuth 2 read, too.
  public var isForOAuth = false

  public init(_ error: ChatError) {
    code = error.code.rawValue
    title = error.code.title
    status = error.code.status
    detail = error.detail
    fields = error.fields
    retryAfterMilliseconds = error.retryAfterMilliseconds
    limit = error.limit
  }

  public init(_ error: HTTPError) {
    code = error.code.rawValue
    title = error.code.title
    status = error.code.status
    detail = error.detail
  }

  /// The problem that an HTTP status alone stands for; 400 for a status without a code of its own.
  public init(status: Int, detail: String) {
    if let code = HTTPError.Code.allCases.first(where: { $0.status == status }) {
      self.init(HTTPError(code, detail))
      return
    }
    switch status {
    case 403: self.init(ChatError(.forbidden, detail))
    case 404: self.init(ChatError(.notFound, detail))
    case 503: self.init(ChatError(.unavailable, detail))
    default: self.init(ChatError(.malformedRequest, detail))
    }
  }
}

extension Problem {
  /// One problem of each code, without a detail, by status.
  public static var all: [Problem] {
    let problems = ChatError.Code.allCases.map { Problem(ChatError($0, "")) } + HTTPError.Code.allCases.map { Problem(HTTPError($0, "")) }
    return problems.sorted { ($0.status, $0.code) < ($1.status, $1.code) }
  }
}

extension ChatError.Code {
  /// The HTTP status that goes with the code.
  public var status: Int {
    switch self {
    case .malformedJSON, .malformedRequest: 400
    case .unauthenticated, .tokenExpired, .badCredentials: 401
    case .suspended, .forbidden, .emailUnverified, .registrationClosed, .recipientGone, .quotaExceeded: 403
    case .notFound, .unknownCommand: 404
    case .usernameTaken, .emailTaken, .clientIDReused, .conflict: 409
    case .fileTooLarge: 413
    case .invalidField, .fileTypeMismatch, .fileUnreadable, .imageTooLarge, .fileRefused: 422
    case .rateLimited, .tooManyConnections: 429
    case .internalError: 500
    case .busy, .unavailable: 503
    }
  }

  public var title: String {
    switch self {
    case .malformedJSON: "Malformed JSON"
    case .malformedRequest: "Malformed request"
    case .invalidField: "Invalid field"
    case .unauthenticated: "Not signed in"
    case .tokenExpired: "Token expired"
    case .badCredentials: "Bad credentials"
    case .suspended: "Suspended"
    case .forbidden: "Forbidden"
    case .emailUnverified: "E-mail address not verified"
    case .registrationClosed: "Registration closed"
    case .recipientGone: "Recipient gone"
    case .notFound: "Not found"
    case .usernameTaken: "User name taken"
    case .emailTaken: "E-mail address taken"
    case .clientIDReused: "client_id reused"
    case .conflict: "Conflict"
    case .fileTooLarge: "File too large"
    case .fileTypeMismatch: "Not the declared type"
    case .fileUnreadable: "Unreadable file"
    case .imageTooLarge: "Picture too large"
    case .fileRefused: "File refused"
    case .quotaExceeded: "No room left"
    case .rateLimited: "Too many requests"
    case .tooManyConnections: "Too many connections"
    case .unknownCommand: "Unknown command"
    case .busy: "Busy"
    case .unavailable: "Unavailable"
    case .internalError: "Internal error"
    }
  }
}

extension JSONWriter {
  public mutating func problem(_ problem: Problem, requestID: String) {
    object { json in
      json.field("type", "/docs/problems#" + problem.code)
      json.field("title", problem.title)
      json.field("status", Int64(problem.status))
      json.field("detail", problem.detail)
      json.field("code", problem.code)
      json.field("request_id", requestID)
      if !problem.fields.isEmpty {
        json.key("errors")
        json.array { json in
          for field in problem.fields {
            json.object { json in
              json.field("field", field.field)
              json.field("code", field.code)
              json.field("detail", field.detail)
            }
          }
        }
      }
      if problem.isForOAuth {
        json.field("error", OAuthError(problem).rawValue)
        json.field("error_description", OAuthError.description(problem.detail))
      }
      if let limit = problem.limit { json.field("limit", limit.name.rawValue) }
      if let milliseconds = problem.retryAfterMilliseconds { json.field("retry_after_ms", milliseconds) }
    }
  }

  /// A problem document as bytes.
  public static func problem(_ problem: Problem, requestID: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.problem(problem, requestID: requestID)
    return writer.bytes
  }
}
