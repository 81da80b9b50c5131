// The check of a password: the one place that all verbs pass which ask for one.
import Auth
public import Domain
import SQL
import Store

extension Chat {
  /// Passwords of one signed-in user that are checked: more would be guessing.
  public static let passwordCheckRate = RateLimit(count: 10, windowMilliseconds: 60_000)

  /// The credentials of a signed-in user who has entered their own password, before something that a stolen session must not do; throws
  /// `refusal` if it is wrong. Counts against the user's budget, and waits behind those who sign in. Blocks. Throws `rate_limited` or
  /// `busy`.
  func confirmed(password: String, of principal: Principal, _ client: String?, _ refusal: ChatError) throws -> Credentials {
    if let error = passwordChecks.tryAcquire(principal.user.rowID, now: clock.bootMilliseconds) { throw error }
    let credentials = try readers.read { try Users.credentials(login: principal.user.username, $0) }
    let requester = HashRequester(isSignIn: false, account: principal.user.username, client: client)
    guard try hasher.verify(password, against: credentials?.passwordHash, for: requester), let credentials else { throw refusal }
    return credentials
  }

  /// Whether a password signs in to an account, which need not exist. nginx limits these by address; by account they are not, or an
  /// attacker who guesses would lock its owner out. Blocks. Throws `rate_limited` or `busy`.
  func isRight(_ password: String, of credentials: Credentials?, login: String, _ client: String?) throws -> Bool {
    // By the account's own name, however it was called; of one that does not exist, by what was entered.
    let account = credentials?.user.username ?? String(login.prefix(64))
    return try hasher.verify(
      password, against: credentials?.passwordHash, for: HashRequester(isSignIn: true, account: account, client: client))
  }
}
