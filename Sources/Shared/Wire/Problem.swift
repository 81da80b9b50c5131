// A refusal as clients receive it: RFC 9457, the same object over REST and WebSocket.
package import Domain

extension ChatError.Code {
  /// The HTTP status that goes with the code.
  package var status: Int {
    switch self {
    case .malformedJSON, .malformedRequest: 400
    case .unauthenticated, .tokenExpired, .badCredentials: 401
    case .suspended, .forbidden: 403
    case .notFound, .unknownCommand: 404
    case .methodNotAllowed: 405
    case .usernameTaken, .emailTaken, .clientIDReused, .conflict: 409
    case .payloadTooLarge: 413
    case .uriTooLong: 414
    case .unsupportedMediaType: 415
    case .invalidField: 422
    case .upgradeRequired: 426
    case .rateLimited, .tooManyConnections: 429
    case .headersTooLarge: 431
    case .internalError: 500
    case .versionNotSupported: 505
    case .busy, .unavailable: 503
    }
  }

  /// A short summary that is the same for every occurrence.
  package var title: String {
    switch self {
    case .malformedJSON: "Malformed JSON"
    case .malformedRequest: "Malformed request"
    case .invalidField: "Invalid field"
    case .unauthenticated: "Not signed in"
    case .tokenExpired: "Token expired"
    case .badCredentials: "Bad credentials"
    case .suspended: "Suspended"
    case .forbidden: "Forbidden"
    case .notFound: "Not found"
    case .methodNotAllowed: "Method not allowed"
    case .usernameTaken: "User name taken"
    case .emailTaken: "E-mail address taken"
    case .clientIDReused: "client_id reused"
    case .conflict: "Conflict"
    case .payloadTooLarge: "Too large"
    case .uriTooLong: "URI too long"
    case .unsupportedMediaType: "Unsupported media type"
    case .upgradeRequired: "Upgrade required"
    case .headersTooLarge: "Headers too large"
    case .versionNotSupported: "HTTP version not supported"
    case .rateLimited: "Too many messages"
    case .tooManyConnections: "Too many connections"
    case .unknownCommand: "Unknown command"
    case .busy: "Busy"
    case .unavailable: "Unavailable"
    case .internalError: "Internal error"
    }
  }
}

extension JSONWriter {
  package mutating func problem(_ refusal: ChatError, requestID: String) {
    object { json in
      json.field("type", "/docs/problems#" + refusal.code.rawValue)
      json.field("title", refusal.code.title)
      json.field("status", Int64(refusal.code.status))
      json.field("detail", refusal.detail)
      json.field("code", refusal.code.rawValue)
      json.field("request_id", requestID)
      if !refusal.fields.isEmpty {
        json.key("errors")
        json.array { json in
          for field in refusal.fields {
            json.object { json in
              json.field("field", field.field)
              json.field("code", field.code)
              json.field("detail", field.detail)
            }
          }
        }
      }
      if let milliseconds = refusal.retryAfterMilliseconds { json.field("retry_after_ms", milliseconds) }
    }
  }

  /// A problem document as bytes.
  package static func problem(_ refusal: ChatError, requestID: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.problem(refusal, requestID: requestID)
    return writer.bytes
  }
}
