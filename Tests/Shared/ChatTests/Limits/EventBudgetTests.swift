// One budget for the events that others are told: charged where the journal is appended, whatever the verb.
import Chat
import Configuration
import Domain
import Posix
import TestSupport
import Testing
import Wire

@Suite struct EventBudgetTests {
  private static let limit = RateLimit(count: 6, windowMilliseconds: 10_000)

  private let clock: ManualClock
  private let fixture: ChatFixture
  private let room: String

  init() throws {
    let clock = ManualClock()
    self.clock = clock
    fixture = try ChatFixture(clock: clock) { $0.eventRate = Self.limit }
    room = try fixture.lobby(fixture.bob)
    clock.advance(seconds: 10)
  }

  private var alice: Principal { fixture.alice.principal }
  private var bob: Principal { fixture.bob.principal }

  /// Uses up a user's budget by edits of a room of their own.
  private func exhaust(_ user: TestUser) throws {
    let own = try fixture.room("Own", .group, by: user)
    clock.advance(seconds: 10)
    for number in 0..<Self.limit.count { _ = try fixture.chat.updateRoom(own, name: "Own \(number)", topic: nil, by: user.principal) }
  }

  private func events() throws -> [EventKind] { try fixture.journal().map(\.kind) }

  /// Every verb that tells others, ready to be done once by Alice.
  private func verbs() throws -> [(name: String, act: () throws -> Void)] {
    let (chat, fixture, room, alice) = (fixture.chat, fixture, room, alice)
    let public2 = try fixture.room("Other", .public, by: fixture.bob)
    let left = try fixture.room("Left", .public, by: fixture.bob, with: [fixture.alice])
    let doomed = try fixture.room("Doomed", .group, by: fixture.alice)
    let invite = try chat.invite(to: try fixture.room("Club", .group, by: fixture.bob), expiresInSeconds: nil, uses: nil, by: bob).invite
    let ownInvite = try chat.invite(to: room, expiresInSeconds: nil, uses: nil, by: alice).invite
    for text in ["one", "two", "three"] { try fixture.post(text, in: room, by: fixture.alice) }
    try fixture.react("👍", to: 3, in: room, by: fixture.alice)
    let (carol, dave, erin) = (try fixture.signUp("carol"), try fixture.signUp("dave"), try fixture.signUp("erin"))
    for user in [carol, dave] { _ = try chat.join(room, by: user.principal) }
    _ = try chat.ban(erin.id, from: room, reason: nil, by: alice)
    try chat.block(erin.id, by: alice)
    clock.advance(seconds: 10)
    return [
      ("join", { _ = try chat.join(public2, by: alice) }),
      ("leave", { try chat.leave(left, by: alice) }),
      ("rename", { _ = try chat.updateRoom(room, name: "New", topic: nil, by: alice) }),
      ("delete room", { try chat.deleteRoom(doomed, by: alice) }),
      ("create group", { _ = try fixture.room("Mine", .group, by: fixture.alice, with: [fixture.bob]) }),
      (
        "open direct",
        {
          let new = NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.mallory.id])
          _ = try chat.createRoom(new, by: alice, idempotencyKey: nil)
        }
      ),
      ("role", { _ = try chat.putMember(fixture.bob.id, into: room, role: "moderator", by: alice) }),
      ("add", { _ = try chat.putMember(fixture.mallory.id, into: room, role: nil, by: alice) }),
      ("remove", { try chat.removeMember(carol.id, from: room, by: alice) }),
      ("ban", { _ = try chat.ban(dave.id, from: room, reason: nil, by: alice) }),
      ("unban", { try chat.unban(erin.id, from: room, by: alice) }),
      ("invite", { _ = try chat.invite(to: room, expiresInSeconds: nil, uses: nil, by: alice) }),
      ("revoke invite", { try chat.revokeInvite(ownInvite.code.text, to: room, by: alice) }),
      ("accept invite", { _ = try chat.acceptInvite(invite.code.text, by: alice) }),
      ("profile", { _ = try chat.updateProfile(displayName: "Alicia", statusText: nil, by: alice) }),
      ("edit", { try fixture.edit(1, in: room, to: "edited", by: fixture.alice) }),
      ("delete", { try fixture.delete(2, in: room, by: fixture.alice) }),
      ("react", { try fixture.react("👍", to: 1, in: room, by: fixture.alice) }),
      ("unreact", { try fixture.unreact("👍", to: 3, in: room, by: fixture.alice) }),
      ("block", { try chat.block(fixture.bob.id, by: alice) }),
      ("unblock", { try chat.unblock(erin.id, by: alice) }),
    ]
  }

  @Test func `every verb that tells others is refused when the budget is used up, changes nothing, and works again later`() throws {
    let verbs = try verbs()
    try exhaust(fixture.alice)
    let before = try fixture.journal().map(\.position)
    for (name, act) in verbs {
      let error = refusal(of: act)
      #expect(error?.code == .rateLimited && error?.limit?.name == .events && error?.retryAfterMilliseconds == 10_000, "\(name)")
    }
    #expect(try fixture.journal().map(\.position) == before)
    for (name, act) in verbs {
      clock.advance(seconds: 10)
      #expect(refusal(of: act) == nil, "\(name)")
    }
  }

  @Test func `verbs, devices and kinds are counted together, users by themselves`() throws {
    let phone = try fixture.logIn("alice")
    try fixture.post("one", in: room, by: fixture.alice)
    for number in 0..<3 {
      _ = try fixture.chat.updateRoom(room, name: "Name \(number)", topic: nil, by: alice)
      try fixture.react("\(["👍", "🎉", "😀"][number])", to: 1, in: room, by: phone)
      clock.advance(seconds: 1)
    }
    let refused = refusal { try fixture.chat.putMember(fixture.bob.id, into: room, role: "moderator", by: alice) }
    #expect(refused?.retryAfterMilliseconds == 7000)
    #expect(refused?.detail == "At most 6 changes that others are told in 10 seconds.")
    try fixture.chat.leave(room, by: bob)
    clock.advance(milliseconds: 6999)
    #expect(refusal { try fixture.chat.block(fixture.bob.id, by: alice) }?.retryAfterMilliseconds == 1)
    clock.advance(milliseconds: 1)
    try fixture.chat.block(fixture.bob.id, by: alice)
  }

  @Test func `messages, read markers, own settings and requests that change nothing are free`() throws {
    try exhaust(fixture.alice)
    for number in 0..<30 { try fixture.post("m\(number)", in: room, by: fixture.alice) }
    try fixture.post("hello", in: room, by: fixture.bob)
    for seq in 1...30 { try fixture.mark(room, read: Int64(seq), by: fixture.alice) }
    _ = try fixture.chat.updateNotificationSettings(try NotificationSettingsUpdate(level: "mentions", mute: nil), in: room, by: alice)
    _ = try fixture.chat.join(room, by: alice)
    _ = try fixture.chat.putMember(fixture.bob.id, into: room, role: "member", by: alice)
    try fixture.edit(1, in: room, to: "m0", by: fixture.alice)
    try fixture.unreact("👍", to: 1, in: room, by: fixture.alice)
    _ = try fixture.chat.updateProfile(displayName: "alice", statusText: "", by: alice)
    try fixture.chat.logOut(alice)
  }

  @Test func `what the operator and an erasure tell is charged to nobody`() throws {
    for number in 0..<10 { _ = try fixture.room("Room \(number)", .public, by: fixture.mallory); clock.advance(seconds: 10) }
    try exhaust(fixture.mallory)
    _ = try fixture.chat.setOwner("mallory", room: room)
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.mallory.principal)
    #expect(try events().count { $0 == .memberLeft } == 12)
    try exhaust(fixture.bob)
    _ = try fixture.chat.suspend("bob")
  }

  @Test func `a request that tells many is never refused half-way, and makes the next ones wait`() throws {
    let people = try (0..<30).map { try fixture.signUp("person\($0)") }
    clock.advance(seconds: 10)
    // 32 events: a place for each ten of them, at most half of the six.
    _ = try fixture.room("Crowd", .group, by: fixture.alice, with: people)
    for number in 0..<3 { _ = try fixture.chat.updateRoom(room, name: "Name \(number)", topic: nil, by: alice) }
    #expect(refusal { try fixture.chat.updateRoom(room, name: "Name", topic: nil, by: alice) }?.code == .rateLimited)
    clock.advance(seconds: 10)
    for number in 0..<5 { _ = try fixture.chat.updateRoom(room, name: "Name \(number)", topic: nil, by: alice) }
    let crowd = try fixture.room("Crowd", .group, by: fixture.alice, with: people)
    #expect(try fixture.chat.members(of: crowd, for: alice, after: 0, limit: 50).count == 31)
    #expect(refusal { try fixture.room("Crowd", .group, by: fixture.alice, with: people) }?.retryAfterMilliseconds == 10_000)
  }

  @Test func `the window outlives the program`() throws {
    try exhaust(fixture.alice)
    let other = try Chat(settings: fixture.chat.settings, clock: clock, onCommit: { _ in })
    defer { other.stop() }
    #expect(refusal { try other.updateRoom(room, name: "x", topic: nil, by: alice) }?.limit?.name == .events)
  }

  @Test func `refused requests of one user fail alone in a group of commits`() throws {
    try exhaust(fixture.alice)
    try fixture.post("one", in: room, by: fixture.bob)
    let (chat, session, bobSession) = (fixture.chat, alice.session, bob.session)
    let reacting = try chat.reacting(with: "👍", to: 1, in: room, session: session)
    let others = try chat.reacting(with: "🎉", to: 1, in: room, session: bobSession)
    let results = Results()
    chat.submit([reacting, others, reacting]) { results.set($0.map { (try? $0.get()) != nil }) }
    #expect(results.wait() == [false, true, false])
  }

  @Test(arguments: 1...3)
  func `no window ever has more than allowed, and none is refused without cause`(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let (chat, other) = (fixture.chat, try fixture.room("Other", .public, by: fixture.bob))
    try fixture.post("one", in: room, by: fixture.alice)
    clock.advance(seconds: 10)
    var admitted: [Int64] = []
    var (isMember, isModerator, hasReacted) = (false, false, false)
    var (refusals, wrong) = (0, [String]())
    for step in 0..<400 {
      clock.advance(milliseconds: random.int(0...2) == 0 ? 0 : random.int64(0...3000))
      let now = clock.bootMilliseconds
      let inWindow = admitted.count { now - $0 < Self.limit.windowMilliseconds }
      let error: ChatError?
      switch random.int(0...3) {
      case 0:
        error = refusal { if isMember { try chat.leave(other, by: alice) } else { _ = try chat.join(other, by: alice) } }
        if error == nil { isMember.toggle() }
      case 1:
        error = refusal { try chat.putMember(fixture.bob.id, into: room, role: isModerator ? "member" : "moderator", by: alice) }
        if error == nil { isModerator.toggle() }
      case 2:
        error = refusal {
          if hasReacted {
            try fixture.unreact("👍", to: 1, in: room, by: fixture.alice)
          } else {
            try fixture.react("👍", to: 1, in: room, by: fixture.alice)
          }
        }
        if error == nil { hasReacted.toggle() }
      default:
        error = refusal { try chat.updateRoom(room, name: "Name \(step)", topic: nil, by: alice) }
      }
      if let error {
        refusals += 1
        let oldest = admitted[admitted.count - Self.limit.count]
        if inWindow < Self.limit.count { wrong.append("refused at step \(step)") }
        if error.retryAfterMilliseconds != oldest + Self.limit.windowMilliseconds - now { wrong.append("wrong time at step \(step)") }
      } else {
        if inWindow >= Self.limit.count { wrong.append("admitted at step \(step)") }
        admitted.append(now)
      }
    }
    #expect(wrong.prefix(3) == [])
    #expect(refusals > 50 && admitted.count > 100, "nothing was tried")
  }
}

/// The outcome of a submitted batch.
private final class Results: Sendable {
  private let values = Condition<[Bool]?>(nil)

  func set(_ results: [Bool]) { values.update { $0 = results } }
  func wait() -> [Bool]? { values.wait(milliseconds: 10_000) { $0 } }
}
