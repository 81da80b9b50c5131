// Errors as clients of OAuth 2 read them, beside the members of a problem document (RFC 6749 section 5.2).
import Domain

/// `error` of a refusal by a token endpoint. Clients are not registered here, so there is no `invalid_client` and no `unauthorized_client`.
public enum OAuthError: String, Sendable {
  case invalidRequest = "invalid_request"
  /// The password or the token is wrong, or its user may not sign in.
  case invalidGrant = "invalid_grant"
  case unsupportedGrantType = "unsupported_grant_type"
  /// Of RFC 6749 section 4.1.2.1, like the next one: the section on token endpoints has none for a limit or a fault.
  case temporarilyUnavailable = "temporarily_unavailable"
  case serverError = "server_error"

  init(_ problem: Problem) {
    switch problem.status {
    case 401: self = .invalidGrant
    case 403: self = problem.code == ChatError.Code.suspended.rawValue ? .invalidGrant : .invalidRequest
    case 429, 503: self = .temporarilyUnavailable
    case 500...: self = .serverError
    default: self = problem.fields.contains { $0.field == "grant_type" } ? .unsupportedGrantType : .invalidRequest
    }
  }

  /// `error_description` may hold printable ASCII only, without quotation mark and backslash.
  static func description(_ detail: String) -> String {
    String(
      decoding: detail.utf8.lazy.map { (0x20...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c ? $0 : UInt8(ascii: "'") }, as: UTF8.self)
  }
}
