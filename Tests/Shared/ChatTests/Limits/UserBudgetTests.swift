// Budgets in memory: commands, refreshes and password checks.
import Configuration
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct UserBudgetTests {
  private static let limit = RateLimit(count: 3, windowMilliseconds: 1000)

  @Test func `users have their own windows, and idle ones are forgotten`() {
    let budget = UserBudget(.commands, "commands", Self.limit)
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    for now in [0, 10, 20] as [Int64] { #expect(budget.tryAcquire(alice, now: now) == nil) }
    let error = budget.tryAcquire(alice, now: 30)
    #expect(error?.code == .rateLimited && error?.retryAfterMilliseconds == 970 && error?.detail == "At most 3 commands in 1 seconds.")
    #expect(error?.limit == ExceededLimit(.commands, count: 3, windowMilliseconds: 1000))
    #expect(budget.tryAcquire(bob, now: 30) == nil && budget.count == 2)
    #expect(budget.tryAcquire(alice, now: 1000) == nil)
    budget.sweep(now: 2500)
    #expect(budget.count == 0)
  }

  @Test func `without a limit nothing is stored`() {
    let budget = UserBudget(.commands, "commands", nil)
    for now in 0..<1000 as Range<Int64> { #expect(budget.tryAcquire(UserRowID(now), now: 0) == nil) }
    #expect(budget.count == 0)
  }

  @Test func `refreshes count against the user's budget, over all sessions`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.commandRate = Self.limit }
    var phone = try fixture.logIn("alice").signIn.refreshToken
    var laptop = fixture.alice.signIn.refreshToken
    phone = try fixture.chat.refresh(phone).refreshToken
    laptop = try fixture.chat.refresh(laptop).refreshToken
    phone = try fixture.chat.refresh(phone).refreshToken
    for token in [phone, laptop] {
      let error = refusal { try fixture.chat.refresh(token) }
      #expect(error?.limit?.name == .commands && error?.retryAfterMilliseconds == 1000)
    }
    _ = try fixture.chat.refresh(fixture.bob.signIn.refreshToken)
    clock.advance(seconds: 1)
    // Refused, they were not spent.
    _ = try fixture.chat.refresh(phone)
    _ = try fixture.chat.refresh(laptop)
  }

  @Test func `a session's spent tokens are bounded, and swept when they would have expired`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let session = fixture.alice.principal.session
    let max = RefreshTokens.exchangesPerDayMax
    func spent() throws -> Int64 {
      try fixture.read { try $0.first("SELECT count(*) FROM spent_refresh_tokens") { $0.integer(0) } ?? 0 }
    }
    let now = clock.now
    try fixture.chat.commit { transaction in
      for number in 0..<max - 1 {
        try transaction.database.run(
          "INSERT INTO spent_refresh_tokens (hash, session_id, spent_at) VALUES (?, ?, ?)",
          .blob(Array("\(number)".utf8)), .integer(session.value), .integer(now.milliseconds + Int64(number)))
      }
    }
    clock.advance(seconds: 60)
    let next = try fixture.chat.refresh(fixture.alice.signIn.refreshToken).refreshToken
    let error = refusal { try fixture.chat.refresh(next) }
    #expect(error?.limit?.name == .refreshes && error?.retryAfterMilliseconds == RefreshTokens.dayMilliseconds - 60_000)
    clock.advance(milliseconds: RefreshTokens.dayMilliseconds - 60_000)
    let later = try fixture.chat.refresh(next).refreshToken
    #expect(try spent() == Int64(max))
    // The token of the day before is still recognised as spent.
    #expect(refusal { try fixture.chat.refresh(fixture.alice.signIn.refreshToken) }?.code == .badCredentials)
    #expect(refusal { try fixture.chat.refresh(later) }?.code == .badCredentials, "the session has ended")
    #expect(try spent() == 0)

    _ = try fixture.chat.refresh(fixture.bob.signIn.refreshToken)
    #expect(try spent() == 1)
    try fixture.chat.sweep()
    #expect(try spent() == 1)
    clock.advance(seconds: fixture.chat.settings.refreshTokenSeconds)
    try fixture.chat.sweep()
    #expect(try spent() == 0)
  }
}
