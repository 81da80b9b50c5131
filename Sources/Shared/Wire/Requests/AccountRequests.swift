// What clients send to register, log in and change their account. Nothing is checked here but names and types.
public import Domain

// The fields of all requests are named as on the wire, so that no key table is needed beside them.
// swift-format-ignore: AlwaysUseLowerCamelCase
public struct Registration: Decodable, Sendable {
  public let username: String
  public let password: String
  public let email: String?
  public let display_name: String?
  public let refresh: String?
}

public struct LoginRequest: Decodable, Sendable {
  public let username: String
  public let password: String
  public let refresh: String?
}

extension LoginRequest {
  /// Reads the password form of OAuth 2 (RFC 6749 section 4.3.2). `value` looks up a field of the form.
  public init(form value: (String) throws(ChatError) -> String?) throws(ChatError) {
    guard try value("grant_type") ?? "password" == "password" else {
      throw .invalid("grant_type", "value", "The only grant type is password.")
    }
    func required(_ name: String) throws(ChatError) -> String {
      guard let value = try value(name) else { throw .invalid(name, "missing", "This field is required.") }
      return value
    }
    username = try required("username")
    password = try required("password")
    refresh = try value("refresh")
  }
}

/// Where the client wants its refresh token: in the body of the response, or in a cookie that no script can read.
public enum RefreshTokenTransport: Sendable {
  case body, cookie

  /// Reads the field `refresh`.
  public init(_ refresh: String?) throws(ChatError) {
    switch refresh {
    case nil, "body": self = .body
    case "cookie": self = .cookie
    default: throw .invalid("refresh", "value", "One of body and cookie.")
    }
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct RefreshRequest: Decodable, Sendable {
  public let refresh_token: String?

  /// The error for a request that has no token at all.
  public static let missingToken = ChatError.invalid("refresh_token", "missing", "This field is required.")
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct PasswordChange: Decodable, Sendable {
  public let old_password: String
  public let new_password: String
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct ProfileUpdate: Decodable, Sendable {
  public let display_name: String?
  public let status_text: String?
  public let hide_read_receipts: Bool?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct PreferencesUpdate: Decodable, Sendable {
  public let added_by: String?

  private enum Key: String, CodingKey { case added_by }

  /// Fields may be left out, but they may not be null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    added_by = container.contains(.added_by) ? try container.decode(String.self, forKey: .added_by) : nil
  }
}

public struct AccountDeletion: Decodable, Sendable {
  public let password: String
}
