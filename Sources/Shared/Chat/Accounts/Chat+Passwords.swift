// The check of a password: the one place that all verbs pass which ask for one.
import Auth
import Configuration
public import Domain
import Posix
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

  /// Whether a password signs in to an account, which need not exist. nginx limits these by address alone; `SignInThrottle` by account, too,
  /// without locking its owner out. A wrong one is recorded in the audit. Blocks. Throws `rate_limited` or `busy`.
  func isRight(_ password: String, of credentials: Credentials?, login: String, _ client: String?) throws -> Bool {
    let admission = try admit(login, credentials, client)
    // By what was entered, like the tries: a share that two names have together would tell that they are one account's.
    let account = String(login.lowercased().prefix(EmailAddress.bytesMax))
    let isRight = try hasher.verify(
      password, against: credentials?.passwordHash, for: HashRequester(isSignIn: true, account: account, client: client))
    if isRight {
      if let admission { signIns.withLock { $0.succeed(admission, now: clock.bootMilliseconds) } }
    } else {
      recordFailedSignIn(of: credentials?.user.rowID, client)
    }
    return isRight
  }

  /// Counts a try; nil if nothing is limited. Kept in the memory of this program, the only one that checks passwords of those who sign in: what
  /// a restart forgets are a few tries (Decisions/0021). The account is called by what was entered, and a network that is unknown to one that
  /// does not exist is looked up like any other, so that both are answered alike.
  private func admit(_ login: String, _ credentials: Credentials?, _ client: String?) throws -> SignInThrottle.Admission? {
    guard settings.signInRateLimited else { return nil }
    let attempt = SignInThrottle.Try(account: Digest.sha256Prefix64(Array(login.lowercased().utf8)), network: client)
    func begin(isKnown: Bool?) -> SignInThrottle.Verdict {
      signIns.withLock { $0.begin(attempt, isKnown: isKnown, now: clock.bootMilliseconds) }
    }
    var verdict = begin(isKnown: nil)
    if verdict == .unclear {
      let user = credentials?.user.rowID ?? UserRowID(0)
      verdict = begin(isKnown: try readers.read { try AuditLog.hasSignedIn(user, from: client ?? "", $0) })
    }
    switch verdict {
    case .admitted(let admission): return admission
    case .wait(let milliseconds): throw Self.tooManySignIns(milliseconds)
    case .unclear: throw Self.tooManySignIns(SignInThrottle.waitMaxMilliseconds)
    }
  }

  private static func tooManySignIns(_ milliseconds: Int64) -> ChatError {
    ChatError(
      .rateLimited, "Too many wrong passwords for this account, or from your address. Try again in \((milliseconds + 999) / 1000) seconds.",
      retryAfterMilliseconds: milliseconds, limit: ExceededLimit(.passwordChecks, count: SignInThrottle.freeTries))
  }

  /// Nobody waits for it: an answer that came later for one of the two would tell which accounts exist.
  private func recordFailedSignIn(of user: UserRowID?, _ client: String?) {
    let change: Change<Void> = { try AuditLog.recordFailedSignIn(user, address: client, $0) }
    submit([change]) { results in
      if case .failure(let error)? = results.first { Log.warning("cannot record a failed sign-in: \(error)") }
    }
  }
}
