// What clients send to register, log in and change their account. Nothing is checked here but names and types.
public import Domain

// The fields of all requests are named as on the wire, so that no key table is needed beside them.
// swift-format-ignore: AlwaysUseLowerCamelCase
public struct Registration: Decodable, Sendable {
  /// Nil if one is to be made from the e-mail address.
  public let username: String?
  public let password: String
  public let email: String?
  public let display_name: String?
  /// Another name of `display_name`, which counts if both are given.
  public let name: String?
  public let device_name: String?
  public let refresh: String?
  /// What lets people in where registration is by invitation.
  public let registration_code: String?
}

public struct LoginRequest: Sendable {
  /// A user name or an e-mail address, from the field `username` or else `email`.
  public let login: String
  public let password: String
  public let deviceName: String?
  public let refresh: String?
}

extension LoginRequest: Decodable {
  private enum Key: String, CodingKey { case username, email, password, refresh, deviceName = "device_name" }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) throws -> String? { try container.decodeIfPresent(String.self, forKey: key) }
    // Both are read: a field of the wrong type is refused, whether or not it counts.
    let (username, email) = (try text(.username), try text(.email))
    guard let login = username ?? email else { throw ChatError.missing(Key.username.rawValue) }
    self.login = login
    password = try container.decode(String.self, forKey: .password)
    deviceName = try text(.deviceName)
    refresh = try text(.refresh)
  }

  /// Reads the password form of OAuth 2 (RFC 6749 section 4.3.2). `value` looks up a field of the form.
  public init(form value: (String) throws(ChatError) -> String?) throws(ChatError) {
    try ChatError.checkGrant(try value("grant_type"), "password")
    let (username, email) = (try value(Key.username.rawValue), try value(Key.email.rawValue))
    guard let login = username ?? email else { throw .missing(Key.username.rawValue) }
    guard let password = try value(Key.password.rawValue) else { throw .missing(Key.password.rawValue) }
    self.login = login
    self.password = password
    deviceName = try value(Key.deviceName.rawValue)
    refresh = try value(Key.refresh.rawValue)
  }
}

public struct ProxySignIn: Decodable, Sendable {
  public let refresh: String?
}

extension ChatError {
  fileprivate static func missing(_ field: String) -> ChatError { .invalid(field, "missing", "This field is required.") }

  /// Throws for a grant of OAuth 2 that the path does not give. A form without the field is understood, too.
  fileprivate static func checkGrant(_ type: String?, _ only: String) throws(ChatError) {
    guard type == nil || type == only else { throw .invalid("grant_type", "value", "The only grant type here is \(only).") }
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
  public static let missingToken = ChatError.missing("refresh_token")
}

extension RefreshRequest {
  /// Reads the form of OAuth 2 (RFC 6749 section 6).
  public init(form value: (String) throws(ChatError) -> String?) throws(ChatError) {
    try ChatError.checkGrant(try value("grant_type"), "refresh_token")
    refresh_token = try value("refresh_token")
  }
}

/// The request to end the session of a token. `token_type_hint` is not needed: no token of one kind can be taken for one of another.
public struct RevocationRequest: Decodable, Sendable {
  public let token: String
}

extension RevocationRequest {
  /// Reads the form of RFC 7009 section 2.1.
  public init(form value: (String) throws(ChatError) -> String?) throws(ChatError) {
    guard let token = try value("token") else { throw .missing("token") }
    self.token = token
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct PasswordChange: Decodable, Sendable {
  public let old_password: String
  public let new_password: String
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct ProfileUpdate: Decodable, Sendable {
  public let email: String?
  /// The current one, which another e-mail address asks for.
  public let password: String?
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

/// A token that was sent by mail.
public struct EmailVerification: Decodable, Sendable {
  public let token: String
}

public struct ForgottenPassword: Decodable, Sendable {
  public let email: String
}

public struct PasswordReset: Decodable, Sendable {
  public let token: String
  public let password: String
}

public struct AccountDeletion: Decodable, Sendable {
  public let password: String
}
