// Coming back: what was missed, no more and no less.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing

@Suite struct ArrivalTests {
  /// What someone hears of `arrival` if she judges each event at its own place.
  static func heard(_ arrival: Arrival, by user: UserNumber) -> [Int64] {
    var rooms = Set(arrival.rooms.map(\.number))
    return arrival.missed.filter { entry in
      guard let room = entry.room, entry.kind.word != nil else { return false }
      if entry.user == user, entry.kind == .memberJoined { rooms.insert(room) }
      defer { if entry.user == user, entry.kind == .memberLeft { rooms.remove(room) } }
      return rooms.contains(room)
    }.map(\.position)
  }

  private func arrive(_ person: Person, since: Int64?, tailStart: Int64 = .max, _ house: House) throws -> Arrival {
    try house.chat.arrive(session: person.actor.sessionID, since: since, tailStart: tailStart)
  }

  @Test func `who comes for the first time starts at the newest event, in her rooms`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("hello", in: lobby, by: house.alice)
    let arrival = try arrive(house.bob, since: nil, house)
    #expect(try arrival.position == house.chat.lastPosition())
    #expect(!arrival.resumed && arrival.missed.isEmpty && arrival.rooms.map(\.id.text) == [lobby])
    #expect(arrival.actor.user == house.bob.actor.user)
  }

  @Test func `who comes back gets what she missed, each once, in order, and nothing of other rooms`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let back = try house.room("Back room", .group, by: house.alice)
    let since = try house.chat.lastPosition()
    for number in 1...5 {
      try house.say("\(number)", in: lobby, by: house.alice)
      try house.say("secret \(number)", in: back, by: house.alice)
    }
    let arrival = try arrive(house.bob, since: since, house)
    #expect(try arrival.resumed && arrival.position == since && arrival.missedThrough == house.chat.lastPosition())
    #expect(try arrival.missed.map { try JSONValue($0.data)["content"]?.text } == ["1", "2", "3", "4", "5"])
    #expect(try arrive(house.bob, since: house.chat.lastPosition(), house).missed.isEmpty)
  }

  @Test func `what she missed comes in portions, however much it is`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let since = try house.chat.lastPosition()
    let words = String(repeating: "\u{1f468}\u{1f3fd}\u{200d}", count: 4000)
    for number in 1...40 { try house.say("\(number) \(words.prefix(3900))", in: lobby, by: house.alice) }
    let last = try house.chat.lastPosition()
    var (cursor, heard, portions) = (since, [Int64](), 0)
    while cursor < last {
      let arrival = try arrive(house.bob, since: cursor, house)
      #expect(arrival.resumed && arrival.position == cursor && arrival.missedThrough > cursor)
      #expect(arrival.missed.dropLast().reduce(0) { $0 + $1.data.count } < Chat.resumePortionBytes)
      heard += Self.heard(arrival, by: house.bob.actor.user.number)
      cursor = arrival.missedThrough
      portions += 1
    }
    #expect(heard == Array(since + 1...last))
    #expect(portions > 2)
  }

  @Test func `what the daemon remembers is not read again`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let since = try house.chat.lastPosition()
    try house.say("hello", in: lobby, by: house.alice)
    let remembered = try arrive(house.bob, since: since, tailStart: since, house)
    #expect(remembered.resumed && remembered.missed.isEmpty && remembered.position == since && remembered.missedThrough == since)
    #expect(try arrive(house.bob, since: since, tailStart: since + 1, house).missed.count == 1)
  }

  @Test func `a cursor that the journal cannot answer is not resumed`() throws {
    let house = try House { $0.journalKeepSeconds = 1 }
    let lobby = try house.lobby(house.bob)
    for _ in 0..<5 { try house.say("x", in: lobby, by: house.alice) }
    let last = try house.chat.lastPosition()
    for since in [-1, last + 1, .max, .min] { #expect(try !arrive(house.bob, since: since, house).resumed) }
    #expect(try arrive(house.bob, since: 0, house).resumed)

    try house.chat.commit { try $0.database.run("UPDATE journal SET created_at = 1 WHERE position <= 4") }
    try house.chat.sweep()
    #expect(try house.read(Meta.journalFloor) == 4)
    #expect(try !arrive(house.bob, since: 3, house).resumed)
    let resumed = try arrive(house.bob, since: 4, house)
    #expect(resumed.resumed && resumed.missed.map(\.position) == Array(5...last))
    let fresh = try arrive(house.bob, since: 3, house)
    #expect(fresh.position == last && fresh.missed.isEmpty && fresh.rooms.map(\.id.text) == [lobby])
  }

  @Test func `who missed more than can be replayed takes a new picture`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let since = try house.chat.lastPosition()
    let room = try #require(try house.read { try Memberships.rooms(of: house.bob.actor.user.number, $0) }.first?.number)
    try house.chat.commit { transaction in
      for _ in 0..<Chat.resumeEventsMax {
        try Journal.append(.roomUpdated, room: room, data: Array("{}".utf8), at: Timestamp(milliseconds: .max), transaction)
      }
    }
    let all = try arrive(house.bob, since: since, house)
    #expect(all.resumed && all.missed.count == Chat.resumeEventsMax)
    try house.say("one more", in: lobby, by: house.alice)
    #expect(try !arrive(house.bob, since: since, house).resumed)
    #expect(try arrive(house.bob, since: since + 1, house).resumed)
  }

  @Test func `Mallory, removed while she was away, hears of the Lobby up to her removal and nothing after`() throws {
    let house = try House()
    let lobby = try house.lobby(house.mallory)
    let since = try house.chat.lastPosition()
    try house.say("before", in: lobby, by: house.alice)
    try house.chat.removeMember(house.mallory.id, from: lobby, by: house.alice.actor)
    try house.say("after", in: lobby, by: house.alice)
    let arrival = try arrive(house.mallory, since: since, house)
    #expect(arrival.rooms.map(\.id.text) == [lobby], "at her cursor she was in it")
    #expect(Self.heard(arrival, by: house.mallory.actor.user.number) == [since + 1, since + 2])
    #expect(try arrive(house.mallory, since: since + 2, house).missed.isEmpty)
  }

  @Test func `who is signed out does not arrive`() throws {
    let house = try House()
    try house.chat.logOut(house.alice.actor)
    #expect(refusal { try arrive(house.alice, since: nil, house) }?.code == .unauthenticated)
    #expect(refusal { try house.chat.arrive(session: PublicID(trusted: "none"), since: nil, tailStart: 0) }?.code == .unauthenticated)
  }

  @Test(arguments: 1...3)
  func `after any comings and goings, from any cursor, everyone hears what a witness would have let her hear`(seed: UInt64) throws {
    let house = try House()
    var random = SplitMix(seed: seed)
    let people = [house.alice, house.bob, house.mallory]
    let carol = try house.signUp("carol")
    let rooms = try (0..<4).map { try house.room("room\($0)", .public, by: carol) }

    /// What the witness writes down at every event: who may hear it.
    var mayHear: [Int64: Set<UserNumber>] = [:]
    var members = [String: Set<UserNumber>](uniqueKeysWithValues: rooms.map { ($0, [carol.actor.user.number]) })
    var position = try house.chat.lastPosition()
    let begin = position
    for step in 0..<160 {
      let (person, room) = (random.pick(people), random.pick(rooms))
      let number = person.actor.user.number
      let isIn = members[room]?.contains(number) == true
      var hearers = members[room] ?? []
      switch random.int(0...5) {
      case 0...1 where !isIn:
        _ = try house.chat.join(room, by: person.actor)
        members[room]?.insert(number)
        hearers.insert(number)
      case 0 where isIn:
        try house.chat.leave(room, by: person.actor)
        members[room]?.remove(number)
      case 1 where isIn:
        try house.chat.removeMember(person.id, from: room, by: carol.actor)
        members[room]?.remove(number)
      case 2:
        _ = try house.chat.updateRoom(room, name: "step \(step)", topic: nil, by: carol.actor)
      default:
        try house.say("step \(step)", in: room, by: isIn ? person : carol)
      }
      position += 1
      mayHear[position] = hearers
    }
    #expect(try house.chat.lastPosition() == position)

    for person in people {
      let number = person.actor.user.number
      for since in stride(from: begin, through: position, by: 3) {
        let arrival = try arrive(person, since: since, house)
        let expected = (since...position).dropFirst().filter { mayHear[$0]?.contains(number) == true }
        #expect(Self.heard(arrival, by: number) == expected, "since \(since)")
        #expect(arrival.missed.map(\.position) == arrival.missed.map(\.position).sorted())
      }
    }
    #expect(mayHear.values.contains { $0.count == 1 } && mayHear.values.contains { $0.count > 2 }, "nothing was tried")
  }
}
