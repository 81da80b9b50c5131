// What operators send. Nothing is checked here but names and types.
public import Domain

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct NewAccount: Decodable, Sendable {
  public let username: String
  /// Nil: nobody can sign in until a password is set.
  public let password: String?
  public let email: String?
  public let display_name: String?
  public let `operator`: Bool?
}

public struct AccountUpdate: Decodable, Sendable {
  public let username: String
}

public struct NewPasswordRequest: Decodable, Sendable {
  public let password: String
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct OperatorMessage: Decodable, Sendable {
  public let content: String
  /// In whose name; nil: in that of the service.
  public let user_id: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
public struct RegistrationCodeRequest: Sendable {
  public let expires_in: Int64?
  public let uses: Int64?

  public init(_ data: JSONObject) throws(ChatError) {
    expires_in = try data.optionalInteger("expires_in")
    uses = try data.optionalInteger("uses")
  }
}
