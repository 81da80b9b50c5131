// What a user sees of their devices.
import Configuration
import Domain
import TestSupport
import Testing

@testable import Chat

@Suite struct DevicesTests {
  private let clock = ManualClock()

  private func device(_ fixture: ChatFixture, _ principal: Principal) throws -> Session {
    try #require(try fixture.chat.sessions(of: principal).first { $0.rowID == principal.session })
  }

  @Test func `a device has a name, an address, and the time when it was last seen`() throws {
    let fixture = try ChatFixture(clock: clock)
    let chat = fixture.chat
    let signIn = try chat.logIn(
      login: "alice", password: TestUser.password, userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
      client: "192.0.2.1")
    let laptop = try chat.authenticate(accessToken: signIn.accessToken)
    let start = clock.now
    #expect(try device(fixture, laptop).readableName == "Firefox on Linux" && device(fixture, laptop).address == "192.0.2.1")
    #expect(try device(fixture, laptop).seenAt == start)

    clock.advance(seconds: 900)
    let refreshed = try chat.refresh(signIn.refreshToken, client: "2001:db8:0:1::/64")
    #expect(try device(fixture, laptop).address == "2001:db8:0:1::/64" && device(fixture, laptop).seenAt == clock.now)
    clock.advance(seconds: 900)
    _ = try chat.refresh(refreshed.refreshToken)
    #expect(try device(fixture, laptop).address == "2001:db8:0:1::/64", "where it is not known, the last one stays")

    let named = try chat.logIn(login: "alice", password: TestUser.password, userAgent: "curl/8", deviceName: "Alice's phone")
    let phone = try chat.authenticate(accessToken: named.accessToken)
    #expect(try device(fixture, phone).readableName == "Alice's phone" && device(fixture, phone).address == nil)
    #expect(
      refusal { try chat.logIn(login: "alice", password: TestUser.password, userAgent: "", deviceName: "\u{200b}") }?.fields.first?.field
        == "device_name")
  }

  @Test func `a device that opens a WebSocket was seen then, written at most once in five minutes`() throws {
    let fixture = try ChatFixture(clock: clock)
    let (chat, alice) = (fixture.chat, fixture.alice.principal)
    let signedIn = clock.now
    clock.advance(seconds: 200)
    chat.noteSighting(of: alice.session)
    try chat.writeSightings()
    #expect(try device(fixture, alice).seenAt == signedIn, "it was seen shortly before")
    clock.advance(seconds: 200)
    chat.noteSighting(of: alice.session)
    chat.noteSighting(of: fixture.bob.principal.session)
    let seen = clock.now
    #expect(try device(fixture, alice).seenAt == signedIn, "it is written with the others")
    clock.advance(seconds: 30)
    try chat.sweep()
    #expect(try device(fixture, alice).seenAt == seen && device(fixture, fixture.bob.principal).seenAt == seen)
    #expect(try device(fixture, alice).usedAt == signedIn, "its tokens live no longer for it")
  }

  @Test func `what is seen within a minute is bounded`() {
    let sightings = Sightings()
    for number in 0..<(Sightings.sessionsMax + 10) { sightings.note(SessionRowID(Int64(number)), at: Timestamp(milliseconds: 1)) }
    sightings.note(SessionRowID(0), at: Timestamp(milliseconds: 2))
    let taken = sightings.take()
    #expect(taken.count == Sightings.sessionsMax && taken.contains { $0.session == SessionRowID(0) && $0.at.milliseconds == 2 })
    #expect(sightings.take().isEmpty)
  }

  @Test func `all other devices can be ended at once`() throws {
    let fixture = try ChatFixture()
    let others = try (0..<3).map { _ in try fixture.logIn("alice") }
    try fixture.chat.endOtherSessions(by: fixture.alice.principal)
    #expect(try fixture.chat.sessions(of: fixture.alice.principal).map(\.rowID) == [fixture.alice.principal.session])
    for other in others {
      #expect(refusal { try fixture.chat.authenticate(accessToken: other.signIn.accessToken) }?.code == .unauthenticated)
    }
    #expect(try fixture.journal().filter { $0.kind == .sessionEnded }.count == 3)
    _ = try fixture.chat.authenticate(accessToken: fixture.bob.signIn.accessToken)
  }

  @Test func `an owner signs in from where they did before while an account is guessed at, and strangers and unknown accounts wait alike`()
    throws
  {
    let fixture = try ChatFixture(clock: clock) { $0.signInRateLimited = true }
    let chat = fixture.chat
    func attempt(_ login: String, _ password: String, _ client: String) -> ChatError? {
      refusal { try chat.logIn(login: login, password: password, userAgent: "", client: client) }
    }
    #expect(attempt("alice", TestUser.password, "192.0.2.1") == nil)
    for login in ["alice", "ghost"] {
      let codes = (0..<20).map { attempt(login, "wrong", "198.51.100.\($0)")?.code }
      #expect(codes.filter { $0 == .badCredentials }.count == 5 && codes.filter { $0 == .rateLimited }.count == 15)
    }
    let (known, unknown) = (attempt("alice", "wrong", "203.0.113.1"), attempt("ghost", "wrong", "203.0.113.1"))
    #expect(known == unknown && known?.code == .rateLimited && known?.retryAfterMilliseconds == 5000)
    #expect(attempt("alice", TestUser.password, "192.0.2.1") == nil, "from where Alice has signed in before")
    #expect(attempt("alice", TestUser.password, "203.0.113.1")?.code == .rateLimited)
    clock.advance(seconds: 5)
    #expect(attempt("alice", TestUser.password, "203.0.113.1") == nil, "after the stated time")
  }
}
