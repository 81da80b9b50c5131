// Coming back: what was missed, no more and no less.
import Chat
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct ResumeTests {
  /// What someone hears of `arrival` if she judges each event at its own place.
  static func heard(_ arrival: ResumeSnapshot, by user: UserRowID) -> [Int64] {
    var rooms = Set(arrival.rooms.map(\.rowID))
    return arrival.backlog.filter { entry in
      guard let room = entry.room, entry.kind.word != nil else { return false }
      if entry.user == user, entry.kind == .memberJoined { rooms.insert(room) }
      defer { if entry.user == user, entry.kind == .memberLeft { rooms.remove(room) } }
      return rooms.contains(room)
    }.map(\.position)
  }

  private func arrive(_ person: TestUser, since: Int64?, replayBufferStart: Int64 = .max, _ fixture: ChatFixture) throws -> ResumeSnapshot {
    try fixture.chat.resume(session: person.principal.sessionID, since: since, replayBufferStart: replayBufferStart)
  }

  @Test func `who comes for the first time starts at the newest event, in her rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let arrival = try arrive(fixture.bob, since: nil, fixture)
    #expect(try arrival.position == fixture.chat.lastPosition())
    #expect(!arrival.resumed && arrival.backlog.isEmpty && arrival.rooms.map(\.id.text) == [lobby])
    #expect(arrival.principal.user == fixture.bob.principal.user)
  }

  @Test func `who comes back gets what she missed, each once, in order, and nothing of other rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let back = try fixture.room("Back room", .group, by: fixture.alice)
    let since = try fixture.chat.lastPosition()
    for number in 1...5 {
      try fixture.post("\(number)", in: lobby, by: fixture.alice)
      try fixture.post("secret \(number)", in: back, by: fixture.alice)
    }
    let arrival = try arrive(fixture.bob, since: since, fixture)
    #expect(try arrival.resumed && arrival.position == since && arrival.backlogThrough == fixture.chat.lastPosition())
    #expect(try arrival.backlog.map { try JSONValue($0.data)["content"]?.text } == ["1", "2", "3", "4", "5"])
    #expect(try arrive(fixture.bob, since: fixture.chat.lastPosition(), fixture).backlog.isEmpty)
  }

  @Test func `what she missed comes in portions, however much it is`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    let words = String(repeating: "\u{1f468}\u{1f3fd}\u{200d}", count: 4000)
    for number in 1...40 { try fixture.post("\(number) \(words.prefix(3900))", in: lobby, by: fixture.alice) }
    let last = try fixture.chat.lastPosition()
    var (cursor, heard, portions) = (since, [Int64](), 0)
    while cursor < last {
      let arrival = try arrive(fixture.bob, since: cursor, fixture)
      #expect(arrival.resumed && arrival.position == cursor && arrival.backlogThrough > cursor)
      #expect(arrival.backlog.dropLast().reduce(0) { $0 + $1.data.count } < Chat.resumeChunkBytes)
      heard += Self.heard(arrival, by: fixture.bob.principal.user.rowID)
      cursor = arrival.backlogThrough
      portions += 1
    }
    #expect(heard == Array(since + 1...last))
    #expect(portions > 2)
  }

  @Test func `what the daemon remembers is not read again`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let remembered = try arrive(fixture.bob, since: since, replayBufferStart: since, fixture)
    #expect(remembered.resumed && remembered.backlog.isEmpty && remembered.position == since && remembered.backlogThrough == since)
    #expect(try arrive(fixture.bob, since: since, replayBufferStart: since + 1, fixture).backlog.count == 1)
  }

  @Test func `a cursor that the journal cannot answer is not resumed`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.journalKeepSeconds = 1 }
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("x", in: lobby, by: fixture.alice)
    clock.advance(seconds: 2)
    for _ in 0..<4 { try fixture.post("x", in: lobby, by: fixture.alice) }
    let last = try fixture.chat.lastPosition()
    for since in [-1, last + 1, .max, .min] { #expect(try !arrive(fixture.bob, since: since, fixture).resumed) }
    #expect(try arrive(fixture.bob, since: 0, fixture).resumed)

    try fixture.chat.sweep()
    #expect(try fixture.read(Meta.journalFloor) == 4)
    #expect(try !arrive(fixture.bob, since: 3, fixture).resumed)
    let resumed = try arrive(fixture.bob, since: 4, fixture)
    #expect(resumed.resumed && resumed.backlog.map(\.position) == Array(5...last))
    let fresh = try arrive(fixture.bob, since: 3, fixture)
    #expect(fresh.position == last && fresh.backlog.isEmpty && fresh.rooms.map(\.id.text) == [lobby])
  }

  @Test func `who missed more than can be replayed takes a new picture`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    let room = try #require(try fixture.read { try Memberships.rooms(of: fixture.bob.principal.user.rowID, $0) }.first?.rowID)
    try fixture.chat.commit { transaction in
      for _ in 0..<Chat.resumeEventsMax {
        try Journal.append(.roomUpdated, room: room, data: Array("{}".utf8), at: Timestamp(milliseconds: .max), transaction)
      }
    }
    let all = try arrive(fixture.bob, since: since, fixture)
    #expect(all.resumed && all.backlog.count == Chat.resumeEventsMax)
    try fixture.post("one more", in: lobby, by: fixture.alice)
    #expect(try !arrive(fixture.bob, since: since, fixture).resumed)
    #expect(try arrive(fixture.bob, since: since + 1, fixture).resumed)
  }

  @Test func `Mallory, removed while she was away, hears of the Lobby up to her removal and nothing after`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.mallory)
    let since = try fixture.chat.lastPosition()
    try fixture.post("before", in: lobby, by: fixture.alice)
    try fixture.chat.removeMember(fixture.mallory.id, from: lobby, by: fixture.alice.principal)
    try fixture.post("after", in: lobby, by: fixture.alice)
    let arrival = try arrive(fixture.mallory, since: since, fixture)
    #expect(arrival.rooms.map(\.id.text) == [lobby], "at her cursor she was in it")
    #expect(Self.heard(arrival, by: fixture.mallory.principal.user.rowID) == [since + 1, since + 2])
    #expect(try arrive(fixture.mallory, since: since + 2, fixture).backlog.isEmpty)
  }

  @Test func `who is signed out does not arrive`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try arrive(fixture.alice, since: nil, fixture) }?.code == .unauthenticated)
    #expect(
      refusal { try fixture.chat.resume(session: PublicID(trusted: "none"), since: nil, replayBufferStart: 0) }?.code == .unauthenticated)
  }

  @Test(arguments: 1...3)
  func `after any comings and goings, from any cursor, everyone hears what a witness would have let her hear`(seed: UInt64) throws {
    let fixture = try ChatFixture()
    var random = SplitMix(seed: seed)
    let people = [fixture.alice, fixture.bob, fixture.mallory]
    let carol = try fixture.signUp("carol")
    let rooms = try (0..<4).map { try fixture.room("room\($0)", .public, by: carol) }

    /// What the witness writes down at every event: who may hear it.
    var mayHear: [Int64: Set<UserRowID>] = [:]
    var members = [String: Set<UserRowID>](uniqueKeysWithValues: rooms.map { ($0, [carol.principal.user.rowID]) })
    var position = try fixture.chat.lastPosition()
    let begin = position
    for step in 0..<160 {
      let (person, room) = (random.pick(people), random.pick(rooms))
      let number = person.principal.user.rowID
      let isIn = members[room]?.contains(number) == true
      var hearers = members[room] ?? []
      switch random.int(0...5) {
      case 0...1 where !isIn:
        _ = try fixture.chat.join(room, by: person.principal)
        members[room]?.insert(number)
        hearers.insert(number)
      case 0 where isIn:
        try fixture.chat.leave(room, by: person.principal)
        members[room]?.remove(number)
      case 1 where isIn:
        try fixture.chat.removeMember(person.id, from: room, by: carol.principal)
        members[room]?.remove(number)
      case 2:
        _ = try fixture.chat.updateRoom(room, name: "step \(step)", topic: nil, by: carol.principal)
      default:
        try fixture.post("step \(step)", in: room, by: isIn ? person : carol)
      }
      position += 1
      mayHear[position] = hearers
    }
    #expect(try fixture.chat.lastPosition() == position)

    for person in people {
      let number = person.principal.user.rowID
      for since in stride(from: begin, through: position, by: 3) {
        let arrival = try arrive(person, since: since, fixture)
        let expected = (since...position).dropFirst().filter { mayHear[$0]?.contains(number) == true }
        #expect(Self.heard(arrival, by: number) == expected, "since \(since)")
        #expect(arrival.backlog.map(\.position) == arrival.backlog.map(\.position).sorted())
      }
    }
    #expect(mayHear.values.contains { $0.count == 1 } && mayHear.values.contains { $0.count > 2 }, "nothing was tried")
  }
}
