// A wall clock that is set back: nothing is missed, nobody is signed out, and no limit becomes a lock.
import Configuration
import Domain
import Store
import TestSupport
import Testing
import Wire

@testable import Chat

@Suite struct ClockSetBackTests {
  private let clock = ManualClock()

  private func times(_ fixture: ChatFixture, _ room: String) throws -> [Timestamp] {
    let last = try fixture.chat.room(room, for: fixture.alice.principal).room.lastSeq
    return try (1...last).map { seq in
      try #require(Message(json: try fixture.chat.message(seq, in: room, for: fixture.alice.principal))).createdAt
    }
  }

  /// The numbers of the messages that a search finds between two times, in all pages.
  private func found(_ fixture: ChatFixture, after: Timestamp?, before: Timestamp?) throws -> Set<Int64> {
    let search = try MessageSearch(text: "tick", room: nil, author: nil, after: after, before: before, order: .newest)
    var (seqs, cursor): (Set<Int64>, SearchCursor?) = ([], nil)
    repeat {
      let page = try fixture.chat.search(search, after: cursor, limit: 50, for: fixture.alice.principal)
      for hit in page.hits { seqs.insert(try #require(Message(json: hit.json)).seq) }
      cursor = page.next
    } while cursor != nil
    return seqs
  }

  @Test(arguments: [60, 600, 3600, 3601, 86_400] as [Int64], [false, true])
  func `a search by time finds every message, however far the clock was set back between them`(seconds: Int64, isIndexed: Bool) throws {
    let fixture = try ChatFixture(clock: clock)
    let room = try fixture.lobby()
    for _ in 0..<3 {
      for _ in 0..<10 {
        clock.advance(seconds: max(7, seconds / 20))
        try fixture.post("tick", in: room, by: fixture.alice)
      }
      clock.setBack(seconds: seconds)
    }
    if isIndexed {
      let indexing = try SearchIndexing(fixture.chat)
      while try indexing.next() != .upToDate {}
    }
    let times = try times(fixture, room)
    if seconds <= 600 { #expect(times == times.sorted()) }
    for time in Set(times) {
      let after = Set(times.indices.filter { times[$0] >= time }.map { Int64($0) + 1 })
      #expect(try found(fixture, after: time, before: nil) == after)
      #expect(try found(fixture, after: nil, before: time) == Set(Int64(1)...Int64(times.count)).subtracting(after))
    }
    let middle = times.sorted()[times.count / 2]
    let window = Set(times.indices.filter { times[$0] >= middle && times[$0] < middle + .seconds(60) }.map { Int64($0) + 1 })
    #expect(try found(fixture, after: middle, before: middle + .seconds(60)) == window)
  }

  @Test func `times of messages do not fall, also of another program's and after a restart`() throws {
    let fixture = try ChatFixture(clock: clock)
    let room = try fixture.lobby()
    try fixture.post("one", in: room, by: fixture.alice)
    clock.setBack(seconds: 300)
    let other = try Chat(settings: fixture.chat.settings, clock: clock)
    defer { other.stop() }
    let message = NewMessage(content: "two", clientID: nil, replyTo: nil)
    _ = try other.commit(try other.posting(message, to: room, session: fixture.alice.principal.session))
    clock.advance(seconds: 301)
    try fixture.post("three", in: room, by: fixture.alice)
    let times = try times(fixture, room)
    #expect(times[0] == times[1] && times[1] < times[2] && times[2] == clock.now)
    #expect(try fixture.read(Journal.timesRise))
  }

  @Test(arguments: [60, 61, 600, 899, 900, 86_400] as [Int64])
  func `nobody is signed out: a token stays valid, or is to be refreshed`(seconds: Int64) throws {
    let fixture = try ChatFixture(clock: clock)
    clock.setBack(seconds: seconds)
    let refused = refusal { try fixture.chat.authenticate(accessToken: fixture.alice.signIn.accessToken) }
    #expect(refused?.code == (seconds <= 900 ? nil : .tokenExpired))
    let refreshed = try fixture.chat.refresh(fixture.alice.signIn.refreshToken)
    _ = try fixture.chat.authenticate(accessToken: refreshed.accessToken)
    #expect(try fixture.chat.sessions(of: fixture.alice.principal).count == 1)
    try fixture.chat.sweep()
    _ = try fixture.chat.resume(fixture.alice.principal.claim, since: nil, replayBufferStart: 0)
  }

  @Test(arguments: [60, 600, 86_400] as [Int64])
  func `tickets and invitations from before stay valid, and new ones are`(seconds: Int64) throws {
    let fixture = try ChatFixture(clock: clock)
    let (chat, alice, bob) = (fixture.chat, fixture.alice.principal, fixture.bob.principal)
    let room = try fixture.room("Group", .group, by: fixture.alice)
    let before = try chat.issueTicket(for: alice)
    let invite = try chat.invite(to: room, expiresInSeconds: 60, uses: nil, by: alice).invite
    clock.setBack(seconds: seconds)
    let after = try chat.issueTicket(for: alice)
    try chat.sweep()
    for ticket in [before, after] { #expect(try chat.commit(try chat.redeemingTicket(ticket)) == alice.claim) }
    #expect(try chat.acceptInvite(invite.code.text, by: bob).membership != nil)
  }

  @Test(arguments: [60, 599, 86_400] as [Int64])
  func `a limit that was reached opens no later than without the step`(seconds: Int64) throws {
    let fixture = try ChatFixture(clock: clock) { $0.messageRate = RateLimit(count: 1, windowMilliseconds: 10_000) }
    let room = try fixture.lobby()
    try fixture.post("one", in: room, by: fixture.alice)
    func change(_ number: Int64) throws {
      _ = try fixture.chat.updateProfile(displayName: nil, statusText: "status \(number)", by: fixture.alice.principal)
    }
    for number in 1...Chat.profileChangesMax { try change(number) }
    clock.setBack(seconds: seconds)
    clock.advance(seconds: 10)
    try fixture.post("two", in: room, by: fixture.alice)
    clock.advance(seconds: Chat.profileWindowSeconds)
    try change(0)
  }

  @Test(arguments: [60, 600, 86_400] as [Int64])
  func `presence that was recorded before the step or after it is valid, and a daemon that restarts adopts it`(seconds: Int64) throws {
    let fixture = try ChatFixture(clock: clock)
    _ = try fixture.lobby(fixture.bob)
    func isOnline() throws -> Bool { try !fixture.chat.usersOnline(for: fixture.alice.principal, after: 0, limit: 10).isEmpty }
    let record = PresenceRecord(user: fixture.bob.principal.user.rowID, state: .active, lastSeenAt: clock.now)
    try fixture.chat.persistPresence([record])
    clock.setBack(seconds: seconds)
    #expect(try isOnline())
    try fixture.chat.persistPresence([])
    #expect(try isOnline() && fixture.chat.adoptPresenceLease().count == 1)
  }

  @Test func `retention removes nothing too early`() throws {
    let fixture = try ChatFixture(clock: clock)
    _ = try fixture.lobby(fixture.bob)
    let events = try fixture.journal().count
    for seconds in [60, 600, 86_400] as [Int64] {
      clock.setBack(seconds: seconds)
      try fixture.chat.sweep()
    }
    #expect(try fixture.journal().count == events)
  }
}
