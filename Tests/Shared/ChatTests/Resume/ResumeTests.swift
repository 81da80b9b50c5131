// Resuming: the backlog is complete and has nothing else.
import Chat
import Configuration
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct ResumeTests {
  /// The positions of the events that a user gets of a snapshot, by the memberships at each position.
  static func visible(_ snapshot: ResumeSnapshot, by user: UserRowID) -> [Int64] {
    var rooms = Set(snapshot.rooms.map(\.rowID))
    return snapshot.backlog.filter { entry in
      guard let room = entry.room, entry.kind.word != nil else { return false }
      if entry.user == user, entry.kind == .memberJoined { rooms.insert(room) }
      defer { if entry.user == user, entry.kind == .memberLeft { rooms.remove(room) } }
      return rooms.contains(room)
    }.map(\.position)
  }

  private func resume(_ user: TestUser, since: Int64?, replayBufferStart: Int64 = .max, _ fixture: ChatFixture) throws -> ResumeSnapshot {
    try fixture.chat.resume(user.principal.claim, since: since, replayBufferStart: replayBufferStart)
  }

  @Test func `a first connection starts at the newest event, with the user's rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let snapshot = try resume(fixture.bob, since: nil, fixture)
    #expect(try snapshot.position == fixture.chat.lastPosition())
    #expect(!snapshot.resumed && snapshot.backlog.isEmpty && snapshot.rooms.map(\.id.text) == [lobby])
    #expect(snapshot.principal.user == fixture.bob.principal.user)
  }

  @Test func `a resume has each missed event once, in order, and none of other rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let back = try fixture.room("Back room", .group, by: fixture.alice)
    let since = try fixture.chat.lastPosition()
    for number in 1...5 {
      try fixture.post("\(number)", in: lobby, by: fixture.alice)
      try fixture.post("secret \(number)", in: back, by: fixture.alice)
    }
    let snapshot = try resume(fixture.bob, since: since, fixture)
    #expect(try snapshot.resumed && snapshot.position == since && snapshot.backlogThrough == fixture.chat.lastPosition())
    #expect(try snapshot.backlog.map { try JSONValue($0.data)["content"]?.text } == ["1", "2", "3", "4", "5"])
    #expect(try resume(fixture.bob, since: fixture.chat.lastPosition(), fixture).backlog.isEmpty)
  }

  @Test func `a long backlog comes in chunks`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    let words = String(repeating: "\u{1f468}\u{1f3fd}\u{200d}", count: 4000)
    for number in 1...40 { try fixture.post("\(number) \(words.prefix(3900))", in: lobby, by: fixture.alice) }
    let last = try fixture.chat.lastPosition()
    var (cursor, visibleEvents, chunks) = (since, [Int64](), 0)
    while cursor < last {
      let snapshot = try resume(fixture.bob, since: cursor, fixture)
      #expect(snapshot.resumed && snapshot.position == cursor && snapshot.backlogThrough > cursor)
      #expect(snapshot.backlog.dropLast().reduce(0) { $0 + $1.data.count } < Chat.resumeChunkBytes)
      visibleEvents += Self.visible(snapshot, by: fixture.bob.principal.user.rowID)
      cursor = snapshot.backlogThrough
      chunks += 1
    }
    #expect(visibleEvents == Array(since + 1...last))
    #expect(chunks > 2)
  }

  @Test func `events in the replay buffer are not read from the journal`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let remembered = try resume(fixture.bob, since: since, replayBufferStart: since, fixture)
    #expect(remembered.resumed && remembered.backlog.isEmpty && remembered.position == since && remembered.backlogThrough == since)
    #expect(try resume(fixture.bob, since: since, replayBufferStart: since + 1, fixture).backlog.count == 1)
  }

  @Test func `a cursor outside the journal is not resumed`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.journalKeepSeconds = 1 }
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("x", in: lobby, by: fixture.alice)
    clock.advance(seconds: 2)
    for _ in 0..<4 { try fixture.post("x", in: lobby, by: fixture.alice) }
    let last = try fixture.chat.lastPosition()
    for since in [-1, last + 1, .max, .min] { #expect(try !resume(fixture.bob, since: since, fixture).resumed) }
    #expect(try resume(fixture.bob, since: 0, fixture).resumed)

    try fixture.chat.sweep()
    #expect(try fixture.read(Meta.journalFloor) == 4)
    #expect(try !resume(fixture.bob, since: 3, fixture).resumed)
    let resumed = try resume(fixture.bob, since: 4, fixture)
    #expect(resumed.resumed && resumed.backlog.map(\.position) == Array(5...last))
    let snapshot = try resume(fixture.bob, since: 3, fixture)
    #expect(snapshot.position == last && snapshot.backlog.isEmpty && snapshot.rooms.map(\.id.text) == [lobby])
  }

  @Test func `a backlog beyond the bound is not resumed`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    let room = try #require(try fixture.read { try Memberships.rooms(of: fixture.bob.principal.user.rowID, $0) }.first?.rowID)
    try fixture.chat.commit { transaction in
      for _ in 0..<Chat.resumeEventsMax {
        try Journal.append(.roomUpdated, by: .server, room: room, data: Array("{}".utf8), at: Timestamp(milliseconds: .max), transaction)
      }
    }
    let all = try resume(fixture.bob, since: since, fixture)
    #expect(all.resumed && all.backlog.count == Chat.resumeEventsMax)
    try fixture.post("one more", in: lobby, by: fixture.alice)
    #expect(try !resume(fixture.bob, since: since, fixture).resumed)
    #expect(try resume(fixture.bob, since: since + 1, fixture).resumed)
  }

  @Test func `Mallory, removed while disconnected, gets the Lobby's events up to the removal and none after`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.mallory)
    let since = try fixture.chat.lastPosition()
    try fixture.post("before", in: lobby, by: fixture.alice)
    try fixture.chat.removeMember(fixture.mallory.id, from: lobby, by: fixture.alice.principal)
    try fixture.post("after", in: lobby, by: fixture.alice)
    let snapshot = try resume(fixture.mallory, since: since, fixture)
    #expect(snapshot.rooms.map(\.id.text) == [lobby], "Mallory was a member at the cursor")
    #expect(Self.visible(snapshot, by: fixture.mallory.principal.user.rowID) == [since + 1, since + 2])
    #expect(try resume(fixture.mallory, since: since + 2, fixture).backlog.isEmpty)
  }

  @Test func `an ended session does not resume`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try resume(fixture.alice, since: nil, fixture) }?.code == .unauthenticated)
    #expect(
      refusal {
        let claim = SessionClaim(session: PublicID(trusted: "none"), user: fixture.bob.principal.user.id)
        return try fixture.chat.resume(claim, since: nil, replayBufferStart: 0)
      }?.code == .unauthenticated)
    let mismatched = SessionClaim(session: fixture.bob.principal.sessionID, user: fixture.mallory.principal.user.id)
    #expect(refusal { try fixture.chat.resume(mismatched, since: nil, replayBufferStart: 0) }?.code == .unauthenticated)
    #expect(refusal { try fixture.chat.principal(of: mismatched) }?.code == .unauthenticated)
  }

  @Test(arguments: 1...3)
  func `after any joins and leaves, from any cursor, a resume has exactly the events visible at their positions`(seed: UInt64) throws {
    let fixture = try ChatFixture()
    var random = SplitMix(seed: seed)
    let users = [fixture.alice, fixture.bob, fixture.mallory]
    let carol = try fixture.signUp("carol")
    let rooms = try (0..<4).map { try fixture.room("room\($0)", .public, by: carol) }

    /// The users who may receive each event, recorded when it happens.
    var mayHear: [Int64: Set<UserRowID>] = [:]
    var members = [String: Set<UserRowID>](uniqueKeysWithValues: rooms.map { ($0, [carol.principal.user.rowID]) })
    var position = try fixture.chat.lastPosition()
    let begin = position
    for step in 0..<160 {
      let (user, room) = (random.pick(users), random.pick(rooms))
      let number = user.principal.user.rowID
      let isIn = members[room]?.contains(number) == true
      var hearers = members[room] ?? []
      switch random.int(0...5) {
      case 0...1 where !isIn:
        _ = try fixture.chat.join(room, by: user.principal)
        members[room]?.insert(number)
        hearers.insert(number)
      case 0 where isIn:
        try fixture.chat.leave(room, by: user.principal)
        members[room]?.remove(number)
      case 1 where isIn:
        try fixture.chat.removeMember(user.id, from: room, by: carol.principal)
        members[room]?.remove(number)
      case 2:
        _ = try fixture.chat.updateRoom(room, name: "step \(step)", topic: nil, by: carol.principal)
      default:
        try fixture.post("step \(step)", in: room, by: isIn ? user : carol)
      }
      position += 1
      mayHear[position] = hearers
    }
    #expect(try fixture.chat.lastPosition() == position)

    for user in users {
      let number = user.principal.user.rowID
      for since in stride(from: begin, through: position, by: 3) {
        let snapshot = try resume(user, since: since, fixture)
        let expected = (since...position).dropFirst().filter { mayHear[$0]?.contains(number) == true }
        #expect(Self.visible(snapshot, by: number) == expected, "since \(since)")
        #expect(snapshot.backlog.map(\.position) == snapshot.backlog.map(\.position).sorted())
      }
    }
    #expect(mayHear.values.contains { $0.count == 1 } && mayHear.values.contains { $0.count > 2 }, "nothing was tried")
  }
}
