// Everything that expires does so by the clock that Chat was given.
import Chat
import Configuration
import Domain
import Posix
import TestSupport
import Testing
import Wire

@Suite struct ExpiryTests {
  private let clock = ManualClock()

  private func code(_ body: () throws -> some Any) -> ChatError.Code? { refusal(of: body)?.code }

  @Test func `an access token expires after its lifetime, and the refresh token gets another`() throws {
    let fixture = try ChatFixture(clock: clock)
    let (chat, signIn) = (fixture.chat, fixture.alice.signIn)
    clock.advance(seconds: signIn.expiresInSeconds - 1)
    _ = try chat.authenticate(accessToken: signIn.accessToken)
    clock.advance(seconds: 2)
    #expect(code { try chat.authenticate(accessToken: signIn.accessToken) } == .tokenExpired)
    _ = try chat.authenticate(accessToken: try chat.refresh(signIn.refreshToken).accessToken)
  }

  @Test func `a ticket is redeemed within thirty seconds or not at all`() throws {
    let fixture = try ChatFixture(clock: clock)
    let chat = fixture.chat
    let (early, late) = (try chat.issueTicket(for: fixture.alice.principal), try chat.issueTicket(for: fixture.alice.principal))
    clock.advance(seconds: Chat.ticketSeconds - 1)
    _ = try chat.commit(try chat.redeemingTicket(early))
    clock.advance(seconds: 1)
    #expect(code { try chat.commit(try chat.redeemingTicket(late)) } == .unauthenticated)
  }

  @Test func `a muted room counts in no badge until the mute is over`() throws {
    let fixture = try ChatFixture(clock: clock)
    let lobby = try fixture.lobby(fixture.bob)
    let mute = try NotificationSettingsUpdate(
      level: nil, mute: .until(Timestamp(milliseconds: clock.now.milliseconds + 60_000)))
    _ = try fixture.chat.updateNotificationSettings(mute, in: lobby, by: fixture.bob.principal)
    try fixture.post("quiet", in: lobby, by: fixture.alice)
    #expect(try fixture.chat.badges(of: fixture.bob.principal).isEmpty)
    clock.advance(seconds: 61)
    #expect(try fixture.chat.badges(of: fixture.bob.principal).map(\.unread) == [1])
  }

  @Test func `an idempotency key is forgotten after a day`() throws {
    let fixture = try ChatFixture(clock: clock)
    func create() throws -> Bool {
      let new = NewRoom(kind: "group", name: "Garden", topic: nil, members: [])
      return try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: "k1").isNew
    }
    #expect(try create())
    clock.advance(seconds: 86_399)
    try fixture.chat.sweep()
    #expect(try !create())
    clock.advance(seconds: 2)
    try fixture.chat.sweep()
    #expect(try create())
  }

  @Test func `a rate limit opens when the oldest message leaves its window`() throws {
    let fixture = try ChatFixture(clock: clock) { $0.messageRate = RateLimit(count: 2, windowMilliseconds: 10_000) }
    let lobby = try fixture.lobby()
    for text in ["one", "two"] { try fixture.post(text, in: lobby, by: fixture.alice) }
    let error = refusal { try fixture.post("three", in: lobby, by: fixture.alice) }
    #expect(error?.code == .rateLimited && error?.retryAfterMilliseconds == 10_000)
    clock.advance(milliseconds: 10_000)
    try fixture.post("three", in: lobby, by: fixture.alice)
  }

  @Test func `a profile changes again after its window`() throws {
    let fixture = try ChatFixture(clock: clock)
    func change(_ number: Int64) throws {
      _ = try fixture.chat.updateProfile(displayName: nil, statusText: "status \(number)", by: fixture.alice.principal)
    }
    for number in 1...Chat.profileChangesMax { try change(number) }
    #expect(code { try change(0) } == .rateLimited)
    clock.advance(seconds: Chat.profileWindowSeconds)
    try change(0)
  }

  @Test func `users are online while the presence lease is renewed`() throws {
    let fixture = try ChatFixture(clock: clock)
    _ = try fixture.lobby(fixture.bob)
    func online() throws -> Int {
      try fixture.chat.usersOnline(for: fixture.alice.principal, after: 0, limit: 10).count
    }
    try fixture.chat.persistPresence([PresenceRecord(user: fixture.bob.principal.user.rowID, state: .active, lastSeenAt: clock.now)])
    #expect(try online() == 1)
    clock.advance(seconds: Chat.presenceLeaseSeconds - 1)
    try fixture.chat.persistPresence([])
    clock.advance(seconds: Chat.presenceLeaseSeconds - 1)
    #expect(try online() == 1)
    clock.advance(seconds: 2)
    #expect(try online() == 0)
  }
}
