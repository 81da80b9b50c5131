// How far people have got, and who is told.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing

@Suite struct MarkingTests {
  /// The receipts that are in the journal: who, and how far.
  private static func receipts(_ house: House) throws -> [String] {
    try house.journal().filter { $0.kind == .receipt || $0.kind == .ownReceipt }.map { entry in
      let data = try JSONValue(entry.data)
      let marks = ["delivered_seq", "preview_seq", "read_seq"].map { "\(data[$0]?.number ?? -1)" }.joined(separator: " ")
      return "\(entry.kind) \(entry.user?.number ?? 0): \(marks)"
    }
  }

  @Test func `Bob reads, and the room is told how far, in the words of the contract`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...3 { try house.say("\(number)", in: lobby, by: house.alice) }
    let me = try house.mark(lobby, delivered: 3, read: 2, by: house.bob)
    #expect(me["read_seq"]?.number == 2 && me["preview_seq"]?.number == 2 && me["delivered_seq"]?.number == 3)
    #expect(me["unread"]?.number == 1)
    let told = try #require(try house.journal().last)
    #expect(told.kind == .receipt && told.user == house.bob.actor.user.number)
    #expect(
      try JSONValue(told.data)
        == .object([
          "room_id": .string(lobby), "user_id": .string(house.bob.id), "delivered_seq": .integer(3), "preview_seq": .integer(2),
          "read_seq": .integer(2),
        ]))
    let view = try house.chat.room(lobby, for: house.bob.actor)
    #expect(view.membership?.marks == Marks(deliveredSeq: 3, previewSeq: 2, readSeq: 2))
  }

  @Test func `a mark that moves nothing tells nobody`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("hello", in: lobby, by: house.alice)
    try house.mark(lobby, read: 1, by: house.bob)
    let position = try house.chat.lastPosition()
    for seq in [Int64(0), 1, 2, .max] { #expect(try house.mark(lobby, read: seq, by: house.bob)["read_seq"]?.number == 1) }
    #expect(try house.chat.lastPosition() == position)
  }

  @Test func `with twenty devices that mark at once, no mark ever moves back, and one receipt is left`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...50 { try house.say("\(number)", in: lobby, by: house.alice) }
    let bob = house.bob
    let seen = Threads.run(20) { thread in
      (0..<20).map { round in
        let seq = Int64((thread * 31 + round * 17) % 50 + 1)
        return (try? house.mark(lobby, delivered: seq, read: seq, by: bob))?["read_seq"]?.number ?? -1
      }
    }
    #expect(seen.allSatisfy { $0 == $0.sorted() }, "what a device is answered only rises")
    #expect(seen.joined().max() == 50)
    let number = bob.actor.user.number.number
    #expect(try Self.receipts(house) == ["receipt \(number): 50 50 50"])
  }

  @Test func `strangers cannot mark, and learn nothing by trying`() throws {
    let house = try House()
    let back = try house.room("Back room", .group, by: house.alice)
    let lobby = try house.lobby()
    #expect(refusal { try house.mark(back, read: 1, by: house.mallory) } == .notFound)
    #expect(refusal { try house.mark("nowhere", read: 1, by: house.mallory) } == .notFound)
    #expect(refusal { try house.mark("../x", read: 1, by: house.mallory) } == .notFound)
    #expect(refusal { try house.mark(lobby, read: 1, by: house.mallory) }?.code == .forbidden)
    try house.chat.logOut(house.alice.actor)
    #expect(refusal { try house.mark(back, read: 1, by: house.alice) }?.code == .unauthenticated)
  }

  @Test func `one's own messages are never unread, and whoever speaks has read what was said before`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...3 { try house.say("\(number)", in: lobby, by: house.alice) }
    func unread(_ person: Person) throws -> Int64? {
      try house.chat.room(lobby, for: person.actor).membership.map { house.unread($0, last: 3) }
    }
    #expect(try unread(house.alice) == 0 && unread(house.bob) == 3)
    try house.say("4", in: lobby, by: house.bob)
    let view = try house.chat.room(lobby, for: house.bob.actor)
    #expect(view.membership?.marks == Marks(deliveredSeq: 4, previewSeq: 4, readSeq: 4))
    #expect(try Self.receipts(house) == [], "the message itself says so")
  }

  @Test func `who hides her reading is told of it on her own devices alone`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    try house.say("hello", in: lobby, by: house.alice)
    try house.chat.setHidesReading(true, by: house.bob.actor)
    try house.mark(lobby, read: 1, by: house.bob)
    try house.mark(lobby, delivered: 1, by: house.mallory)
    let (bob, mallory) = (house.bob.actor.user.number.number, house.mallory.actor.user.number.number)
    #expect(try Self.receipts(house) == ["ownReceipt \(bob): 1 1 1", "receipt \(mallory): 1 0 0"])
    let receipts = try house.chat.receipts(of: 1, in: lobby, for: house.alice.actor, after: 0, limit: 10)
    #expect(receipts.map(\.user.text) == [house.mallory.id])
    try house.chat.setHidesReading(false, by: house.bob.actor)
    #expect(try house.chat.receipts(of: 1, in: lobby, for: house.alice.actor, after: 0, limit: 10).count == 2)
  }

  @Test func `in a crowd, receipts are told to one's own devices alone`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("hello", in: lobby, by: house.alice)
    let crowd = try (3...Int(Marks.toldMembersMax)).map { try house.signUp("user\($0)") }
    for person in crowd { _ = try house.chat.join(lobby, by: person.actor) }
    try house.mark(lobby, delivered: 1, by: house.bob)
    #expect(try house.journal().last?.kind == .receipt)
    _ = try house.chat.join(lobby, by: house.mallory.actor)
    try house.mark(lobby, read: 1, by: house.bob)
    #expect(try house.journal().last?.kind == .ownReceipt)
  }

  @Test func `a message's receipts say who has it, how far, and since when`() throws {
    let house = try House()
    let carol = try house.signUp("carol")
    let dave = try house.signUp("dave")
    let lobby = try house.lobby(house.bob, house.mallory, carol)
    for number in 1...3 { try house.say("\(number)", in: lobby, by: house.alice) }
    let first = try house.mark(lobby, read: 2, by: house.bob)
    #expect(first["read_seq"]?.number == 2)
    let before = Timestamp(milliseconds: Clock.wallMilliseconds())
    _ = Condition(()).wait(milliseconds: 5) { _ in Bool?.none }
    try house.mark(lobby, read: 3, by: house.bob)
    try house.mark(lobby, delivered: 3, preview: 2, by: house.mallory)
    // Carol answers without having marked anything; Dave comes when all is said.
    try house.say("4", in: lobby, by: carol)
    _ = try house.chat.join(lobby, by: dave.actor)

    func receipts(_ seq: Int64) throws -> [MarkSteps.Receipt] {
      try house.chat.receipts(of: seq, in: lobby, for: house.alice.actor, after: 0, limit: 10)
    }
    let two = try receipts(2)
    #expect(two.map(\.user.text) == [house.bob.id, house.mallory.id, carol.id])
    #expect(two.map(\.state) == [.read, .previewRead, .read])
    #expect(try two.allSatisfy { try #require($0.at).milliseconds > 0 })
    #expect(try #require(two[0].at) <= before, "Bob's later reading does not change when he read this one")
    let three = try receipts(3)
    #expect(three.map(\.state) == [.read, .delivered, .read])
    #expect(try #require(three[0].at) > before)
    #expect(try receipts(4).map(\.state) == [nil, nil, nil], "its author is not among them: \(carol.id)")
    #expect(refusal { try receipts(9) } == .notFound)
    #expect(
      refusal { try house.chat.receipts(of: 1, in: lobby, for: try house.signUp("eve").actor, after: 0, limit: 1) }?.code == .forbidden)
  }

  @Test func `who comes back hears the newest receipt of each, and her own from a room whose crowd hears none`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    for number in 1...20 { try house.say("\(number)", in: lobby, by: house.alice) }
    let since = try house.chat.lastPosition()
    for seq in 1...20 { for person in [house.bob, house.mallory] { try house.mark(lobby, read: Int64(seq), by: person) } }
    let arrival = try house.chat.arrive(session: house.alice.actor.sessionID, since: since, tailStart: .max)
    #expect(try arrival.missed.map { try JSONValue($0.data)["read_seq"]?.number } == [20, 20])
    try house.chat.setHidesReading(true, by: house.bob.actor)
    try house.say("21", in: lobby, by: house.alice)
    try house.mark(lobby, read: 21, by: house.bob)
    func kinds(_ person: Person) throws -> [EventKind] {
      try house.chat.arrive(session: person.actor.sessionID, since: since, tailStart: .max).missed.map(\.kind)
    }
    #expect(try kinds(house.bob) == [.receipt, .receipt, .newMessage, .ownReceipt])
    #expect(try kinds(house.alice) == [.receipt, .receipt, .newMessage])
  }

  @Test func `marks that come in a burst are told as one, and each is answered`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...200 { try house.say("\(number)", in: lobby, by: house.alice) }
    let since = try house.chat.lastPosition()
    let answers = Condition<[Int64]>([])
    for seq in Int64(1)...200 {
      let wish = try MarksWish(deliveredSeq: nil, previewSeq: nil, readSeq: seq)
      try house.chat.mark(wish, in: lobby, session: house.bob.actor.session) { result in
        let read = (try? result.get()).flatMap { try? JSONValue($0) }?["read_seq"]?.number
        answers.update { $0.append(read ?? -1) }
      }
    }
    let answered = try #require(answers.wait(milliseconds: 5000) { $0.count == 200 ? $0 : nil })
    #expect(answered == answered.sorted() && answered.last == 200)
    #expect(zip(answered, 1...).allSatisfy { $0 >= $1 }, "nobody is answered less than she asked for")
    #expect(try house.chat.lastPosition() - since <= 20, "two hundred marks, a handful of events")
    #expect(try Self.receipts(house).count == 1)
  }

  @Test func `in one round, a stranger's mark is refused and the others' are written`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for number in 1...5 { try house.say("\(number)", in: lobby, by: house.alice) }
    let answers = Condition<[String: Bool]>([:])
    for person in [house.bob, house.mallory, house.alice] {
      let wish = try MarksWish(deliveredSeq: 5, previewSeq: nil, readSeq: nil)
      let name = person.actor.user.username
      try house.chat.mark(wish, in: lobby, session: person.actor.session) { result in
        answers.update { $0[name] = (try? result.get()) != nil }
      }
    }
    #expect(answers.wait(milliseconds: 5000) { $0.count == 3 ? $0 : nil } == ["bob": true, "mallory": false, "alice": true])
  }
}

extension House {
  fileprivate func unread(_ me: Membership, last: Int64) -> Int64 { last - me.marks.readSeq }
}
