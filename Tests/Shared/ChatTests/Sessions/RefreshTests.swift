// Refresh tokens: what happens to each when it is presented, once or again.
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct RefreshTests {
  private let clock = ManualClock()
  private let fixture: ChatFixture
  private var chat: Chat { fixture.chat }
  private var first: String { fixture.alice.signIn.refreshToken }

  init() throws {
    fixture = try ChatFixture(clock: clock)
  }

  private func refresh(_ token: String) throws -> String { try chat.refresh(token).refreshToken }

  /// Whether Alice's first session stands.
  private func stands() throws -> Bool {
    try fixture.read { try Sessions.find(fixture.alice.principal.sessionID, at: clock.now, $0) } != nil
  }

  /// Expects that presenting `token` is refused and ends the session, for all its tokens.
  private func expectEnd(by token: String, _ others: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try stands(), sourceLocation: sourceLocation)
    for token in [token] + others { #expect(refusal { try refresh(token) }?.code == .badCredentials, sourceLocation: sourceLocation) }
    #expect(try !stands(), sourceLocation: sourceLocation)
  }

  @Test func `a token may be presented again for a minute, each time for a pair of its own`() throws {
    let pairs = try (0..<3).map { _ in
      clock.advance(seconds: 20)
      return try chat.refresh(first)
    }
    #expect(Set(pairs.map(\.refreshToken)).count == 3)
    for pair in pairs { #expect(try chat.authenticate(accessToken: pair.accessToken).session == fixture.alice.principal.session) }
    #expect(try chat.sessions(of: fixture.alice.principal).count == 1)
    // The minute begins with the first use: later ones do not prolong it.
    clock.advance(milliseconds: 20_001)
    try expectEnd(by: first, pairs[0].refreshToken, pairs[2].refreshToken)
  }

  @Test func `a token that is presented after a successor was used ends the whole session, and no other`() throws {
    let other = try fixture.logIn("alice")
    let second = try chat.refresh(first)
    let third = try chat.refresh(second.refreshToken)
    try expectEnd(by: first, second.refreshToken, third.refreshToken)
    for token in [fixture.alice.signIn.accessToken, second.accessToken, third.accessToken] {
      #expect(refusal { try chat.authenticate(accessToken: token) }?.code == .unauthenticated)
    }
    let ended = try #require(try fixture.journal().last)
    #expect(ended.kind == .sessionEnded && ended.user == fixture.alice.principal.user.rowID)
    #expect(ended.session == fixture.alice.principal.session)
    #expect(try chat.authenticate(accessToken: other.signIn.accessToken).user.username == "alice")
  }

  @Test(arguments: [0, 1]) func `any one of several successors ends the life of their predecessor`(used: Int) throws {
    let successors = try [refresh(first), refresh(first)]
    _ = try refresh(successors[used])
    try expectEnd(by: first)
  }

  @Test func `tabs whose answers overtake each other stay signed in, whichever comes last`() throws {
    let (one, two) = try (refresh(first), refresh(first))
    // A tab uses the first answer before the second one arrives, which is then the cookie that stays.
    _ = try refresh(one)
    clock.advance(seconds: 900)
    let three = try refresh(two)
    clock.advance(seconds: 900)
    _ = try refresh(three)
    #expect(try stands())
  }

  @Test(arguments: [false, true], [1, 30])
  func `a thief who refreshes within the minute is noticed when both have gone on`(thiefIsFirst: Bool, gap: Int64) throws {
    let owners = try refresh(first)
    clock.advance(seconds: gap)
    let thiefs = try refresh(first)
    clock.advance(seconds: 840)
    let (used, left) = thiefIsFirst ? (thiefs, owners) : (owners, thiefs)
    let next = try refresh(used)
    clock.advance(seconds: gap)
    try expectEnd(by: left, next)
  }

  @Test func `a thief who goes on at once is noticed, too`() throws {
    let owners = try refresh(first)
    var thiefs = try refresh(first)
    for _ in 0..<3 {
      clock.advance(seconds: 5)
      thiefs = try refresh(thiefs)
    }
    // The owner's token was given for the same one: by now it may be an answer that was overtaken.
    clock.advance(seconds: 840)
    let next = try refresh(owners)
    try expectEnd(by: thiefs, next)
  }

  @Test func `a thief who refreshes all the time is noticed when the owner comes back`() throws {
    let owners = try refresh(first)
    var thiefs = try refresh(first)
    for _ in 0..<30 {
      clock.advance(seconds: 29)
      thiefs = try refresh(thiefs)
    }
    try expectEnd(by: owners, thiefs)
  }

  @Test func `of ten concurrent uses of one token, all succeed, with tokens of their own`() throws {
    let token = first
    let refreshed = Threads.run(10) { _ in try? chat.refresh(token).refreshToken }.compactMap { $0 }
    #expect(Set(refreshed).count == 10)
    let next = Threads.run(10) { try? chat.refresh(refreshed[$0]).refreshToken }.compactMap { $0 }
    #expect(next.count == 10)
    try expectEnd(by: token)
  }

  @Test func `every refresh leaves one row, of whatever kind`() throws {
    func rows() throws -> Int64 {
      try fixture.read { try $0.first("SELECT count(*) FROM spent_refresh_tokens") { $0.integer(0) } ?? 0 }
    }
    let (one, _, _) = try (refresh(first), refresh(first), refresh(first))
    #expect(try rows() == 3)
    _ = try refresh(one)
    #expect(try rows() == 4)
    clock.advance(seconds: chat.settings.refreshTokenSeconds)
    try chat.sweep()
    #expect(try rows() == 0)
  }

  @Test func `a clock that is set back signs nobody out`() throws {
    _ = try refresh(first)
    clock.setBack(seconds: 3600)
    let next = try refresh(try refresh(first))
    clock.advance(seconds: 900)
    _ = try refresh(next)
    #expect(try stands())
  }

  @Test func `a suspended user gets no pair for a token, used or not`() throws {
    let next = try refresh(first)
    let user = fixture.alice.principal.user.rowID.value
    _ = try chat.commit { try $0.database.run("UPDATE users SET suspended_at = 1 WHERE id = ?", .integer(user)) }
    for token in [first, next] {
      #expect(refusal { try refresh(token) }?.code == .suspended)
      try chat.endSession(ofToken: token)
    }
    #expect(try stands())
  }

  @Test func `each token of a session ends it, and nothing else does`() throws {
    for kind in 0..<5 {
      let phone = try fixture.logIn("alice")
      let first = phone.signIn.refreshToken
      let (left, next) = try (refresh(first), refresh(first))
      let tokens = [first, left, next, try refresh(next), phone.signIn.accessToken]
      for other in ["", "x", String(repeating: "A", count: 43), phone.principal.sessionID.text] { try chat.endSession(ofToken: other) }
      _ = try chat.authenticate(accessToken: phone.signIn.accessToken)
      try chat.endSession(ofToken: tokens[kind])
      #expect(refusal { try chat.authenticate(accessToken: phone.signIn.accessToken) }?.code == .unauthenticated)
      try chat.endSession(ofToken: tokens[kind])
    }
    #expect(try stands())
  }
}
