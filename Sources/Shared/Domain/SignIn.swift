// What a client receives when it registers, logs in or refreshes.

package struct SignIn: Sendable {
  package let user: User
  package let accessToken: String
  package let expiresInSeconds: Int64
  package let refreshToken: String
  package let refreshExpiresInSeconds: Int64

  package init(user: User, accessToken: String, expiresInSeconds: Int64, refreshToken: String, refreshExpiresInSeconds: Int64) {
    self.user = user
    self.accessToken = accessToken
    self.expiresInSeconds = expiresInSeconds
    self.refreshToken = refreshToken
    self.refreshExpiresInSeconds = refreshExpiresInSeconds
  }
}
