// The links in mails: pages of the site that a single-use token opens.
import Auth
import Configuration
import Domain

extension Chat {
  /// A link to the page with a new token, and what to store of the token.
  ///
  /// The form is `<site>/#verify=TOKEN` and `<site>/#reset=TOKEN`, TOKEN being 43 characters of base64url. A
  /// browser sends a fragment to no server, so the token is in no log and in no `Referer`. A `Host` header has no part in it: anyone who asks
  /// for a mail to somebody else could make it lead elsewhere.
  func accountLink(_ kind: AccountTokenKind) -> (link: String, hash: [UInt8]) {
    let token = OpaqueToken.make()
    let name =
      switch kind {
      case .verifyEmail: "verify"
      case .resetPassword: "reset"
      }
    return ("\(settings.siteURL)/#\(name)=\(token.token)", token.hash)
  }

  /// How long a token is valid.
  static func lifetime(of kind: AccountTokenKind) -> Duration {
    switch kind {
    case .verifyEmail: .seconds(24 * 3600)
    case .resetPassword: .seconds(3600)
    }
  }

  /// The same answer for a token that is used, expired, of another kind, or none at all.
  static let badToken = ChatError.invalid("token", "unknown", "This link has been used or has expired. Ask for another one.")
}
