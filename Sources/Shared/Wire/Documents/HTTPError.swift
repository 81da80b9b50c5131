// Errors of HTTP itself, found before any rule of the chat applies.

/// An error of RFC 9110. Becomes a `Problem` at the edge, as a `ChatError` does.
public struct HTTPError: Error, Equatable {
  /// The stable machine word of the contract, `code` on the wire.
  public enum Code: String, Sendable, CaseIterable {
    case methodNotAllowed = "method_not_allowed"
    case payloadTooLarge = "payload_too_large"
    case uriTooLong = "uri_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case unsupportedContentEncoding = "unsupported_content_encoding"
    case rangeNotSatisfiable = "range_not_satisfiable"
    case upgradeRequired = "upgrade_required"
    case headersTooLarge = "headers_too_large"
    case versionNotSupported = "version_not_supported"

    public var status: Int {
      switch self {
      case .methodNotAllowed: 405
      case .payloadTooLarge: 413
      case .uriTooLong: 414
      case .unsupportedMediaType, .unsupportedContentEncoding: 415
      case .rangeNotSatisfiable: 416
      case .upgradeRequired: 426
      case .headersTooLarge: 431
      case .versionNotSupported: 505
      }
    }

    public var title: String {
      switch self {
      case .methodNotAllowed: "Method not allowed"
      case .payloadTooLarge: "Too large"
      case .uriTooLong: "URI too long"
      case .unsupportedMediaType: "Unsupported media type"
      case .unsupportedContentEncoding: "Unsupported content encoding"
      case .rangeNotSatisfiable: "Range not satisfiable"
      case .upgradeRequired: "Upgrade required"
      case .headersTooLarge: "Headers too large"
      case .versionNotSupported: "HTTP version not supported"
      }
    }
  }

  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}
