// The error of a request that breaks a rule of the chat, the same over REST and WebSocket.

/// Becomes a problem document (RFC 9457) at the edge. Nothing has been changed when it is thrown.
public struct ChatError: Error, Equatable {
  /// The stable machine word of the contract, `code` on the wire.
  public enum Code: String, Sendable, CaseIterable {
    case malformedJSON = "malformed_json"
    case malformedRequest = "malformed_request"
    case invalidField = "invalid_field"
    case unauthenticated = "unauthenticated"
    case tokenExpired = "token_expired"
    case badCredentials = "bad_credentials"
    case suspended = "suspended"
    case forbidden = "forbidden"
    case emailUnverified = "email_unverified"
    case registrationClosed = "registration_closed"
    case recipientGone = "recipient_gone"
    case notFound = "not_found"
    case usernameTaken = "username_taken"
    case emailTaken = "email_taken"
    case clientIDReused = "client_id_reused"
    case conflict = "conflict"
    case fileTooLarge = "file_too_large"
    case fileTypeMismatch = "file_type_mismatch"
    case fileUnreadable = "file_unreadable"
    case imageTooLarge = "image_too_large"
    case fileRefused = "file_refused"
    case quotaExceeded = "quota_exceeded"
    case rateLimited = "rate_limited"
    case tooManyConnections = "too_many_connections"
    case unknownCommand = "unknown_command"
    case busy = "busy"
    case unavailable = "unavailable"
    case internalError = "internal_error"
  }

  /// One invalid field of the request.
  public struct Field: Equatable, Sendable {
    public let field: String
    public let code: String
    public let detail: String

    public init(_ field: String, code: String, detail: String) {
      self.field = field
      self.code = code
      self.detail = detail
    }
  }

  public let code: Code
  public let detail: String
  public let fields: [Field]
  public let retryAfterMilliseconds: Int64?
  /// The limit that was exceeded, if it is one of those that clients know by name.
  public let limit: ExceededLimit?

  public init(
    _ code: Code, _ detail: String, fields: [Field] = [], retryAfterMilliseconds: Int64? = nil, limit: ExceededLimit? = nil
  ) {
    self.code = code
    self.detail = detail
    self.fields = fields
    self.retryAfterMilliseconds = retryAfterMilliseconds
    self.limit = limit
  }

  /// The same error with its fields named as members of `object`, in which a document has them.
  public func inside(_ object: String) -> ChatError {
    ChatError(
      code, detail, fields: fields.map { Field("\(object).\($0.field)", code: $0.code, detail: $0.detail) },
      retryAfterMilliseconds: retryAfterMilliseconds, limit: limit)
  }

  /// For what does not exist and, word for word, for what the user may not see.
  public static let notFound = ChatError(.notFound, "There is no such thing, or it is not yours to see.")

  /// For a change by a user who only reads until they have verified their address.
  public static let emailUnverified = ChatError(.emailUnverified, "Verify your e-mail address first.")

  /// For a path of which there is no route.
  public static let noRoute = ChatError(.notFound, "There is no such path. All of them are described at /docs.")

  public static func invalid(_ field: String, _ code: String, _ detail: String) -> ChatError {
    ChatError(.invalidField, detail, fields: [Field(field, code: code, detail: detail)])
  }
}
