// What a client receives when it registers, logs in or refreshes.

public struct SignIn: Sendable {
  public let user: User
  public let accessToken: String
  public let expiresInSeconds: Int64
  public let refreshToken: String
  public let refreshExpiresInSeconds: Int64

  public init(user: User, accessToken: String, expiresInSeconds: Int64, refreshToken: String, refreshExpiresInSeconds: Int64) {
    self.user = user
    self.accessToken = accessToken
    self.expiresInSeconds = expiresInSeconds
    self.refreshToken = refreshToken
    self.refreshExpiresInSeconds = refreshExpiresInSeconds
  }
}
