// Every verb that asks for a password: limited for one account, without shutting others out of sign-in.
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Auth
@testable import Chat

@Suite struct PasswordChecksTests {
  private let clock = ManualClock()

  private func fixture() throws -> ChatFixture {
    try ChatFixture(clock: clock) { $0.signInRateLimited = true }
  }

  @Test func `one account's wrong passwords are counted over all verbs and devices, and another's by themselves`() throws {
    let fixture = try fixture()
    let (chat, phone) = (fixture.chat, try fixture.logIn("alice"))
    for number in 0..<5 {
      #expect(refusal { try chat.deleteAccount(password: "guess \(number)", by: fixture.alice.principal) }?.code == .badCredentials)
      let error = refusal { try chat.changePassword(from: "guess \(number)", to: "another passphrase", by: phone.principal) }
      #expect(error?.code == .badCredentials)
    }
    for principal in [fixture.alice.principal, phone.principal] {
      // Even the right password is not checked.
      for error in [
        refusal { try chat.deleteAccount(password: TestUser.password, by: principal) },
        refusal { try chat.changePassword(from: TestUser.password, to: "another passphrase", by: principal) },
      ] {
        #expect(error?.code == .rateLimited && error?.limit?.name == .passwordChecks && error?.retryAfterMilliseconds == 60_000)
      }
    }
    // It locks nobody out: not the account itself, and nobody else.
    _ = try fixture.logIn("alice")
    try chat.changePassword(from: TestUser.password, to: "another passphrase", by: fixture.bob.principal)
    clock.advance(seconds: 60)
    try chat.changePassword(from: TestUser.password, to: "another passphrase", by: fixture.alice.principal)
  }

  @Test(.enabled(if: sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1))
  func `what waits for one name of an account does not tell that an address is its other name`() throws {
    let fixture = try fixture()
    let alice = fixture.alice.principal.user
    try fixture.chat.commit { try Users.setEmail(EmailAddress("alice@example.org"), verifiedAt: $0.now, of: alice.rowID, $0) }
    let (limiter, isDone) = (fixture.chat.hasher.limiter, Condition(false))
    let request = HashRequester(isSignIn: false, account: alice.username, client: nil).permitRequest
    let holders = (0..<PasswordHasher.shareMax).map { _ in
      Thread(name: "holder") { _ = limiter.withPermit(request) { _ = isDone.wait { $0 ? true : nil } } }
    }
    while limiter.load.running + limiter.load.waiting < PasswordHasher.shareMax { sched_yield() }
    func attempt(_ login: String) -> ChatError.Code? {
      refusal {
        do {
          return try fixture.chat.logIn(login: login, password: "wrong", userAgent: "", client: "192.0.2.1")
        } catch {
          throw ChatError(mapping: error)
        }
      }?.code
    }
    #expect(attempt("alice") == .rateLimited, "its share is used up")
    for login in ["alice@example.org", "nobody@example.org"] { #expect(attempt(login) == .badCredentials) }
    isDone.update { $0 = true }
    for holder in holders { holder.join() }
  }

  @Test func `while 48 threads of one account abuse every password verb, everybody else signs in`() throws {
    let fixture = try fixture()
    let chat = fixture.chat
    let isDone = Condition(false)
    let abusers = (0..<48).map { number in
      Thread(name: "abuser") {
        var round = 0
        while !isDone.update({ $0 }) {
          round += 1
          switch (number + round) % 4 {
          case 0: _ = try? chat.deleteAccount(password: "wrong", by: fixture.mallory.principal, client: "10.0.0.9")
          case 1:
            _ = try? chat.changePassword(from: "wrong", to: "another passphrase", by: fixture.mallory.principal, client: "10.0.0.9")
          case 2: _ = try? chat.logIn(login: "mallory", password: "wrong", userAgent: "", client: "10.0.0.9")
          default:
            _ = try? chat.register(
              username: "mallory", password: "wrong wrong", email: nil, displayName: nil, userAgent: "", idempotencyKey: "k",
              client: "10.0.0.9")
          }
        }
      }
    }
    let signedIn = Threads.run(4) { thread in
      (0..<50).count { round in
        let name = round % 2 == 0 ? "alice" : "bob"
        return (try? chat.logIn(login: name, password: TestUser.password, userAgent: "", client: "10.0.1.\(thread)")) != nil
      }
    }
    isDone.update { $0 = true }
    for thread in abusers { thread.join() }
    #expect(signedIn == Array(repeating: 50, count: 4))
  }
}
