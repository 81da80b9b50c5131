// Read markers and receipts.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing
import Wire

@Suite struct ReadMarkersTests {
  /// The receipts that are in the journal: who, and how far.
  private static func receipts(_ fixture: ChatFixture) throws -> [String] {
    try fixture.journal().filter { $0.kind == .receipt || $0.kind == .ownReceipt }.map { entry in
      let data = try JSONValue(entry.data)
      let markers = ["delivered_seq", "preview_seq", "read_seq"].map { "\(data[$0]?.number ?? -1)" }.joined(separator: " ")
      return "\(entry.kind) \(entry.user?.value ?? 0): \(markers)"
    }
  }

  @Test func `Bob raises a marker, and the room gets a receipt as in the contract`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...3 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let me = try fixture.mark(lobby, delivered: 3, read: 2, by: fixture.bob)
    #expect(me["read_seq"]?.number == 2 && me["preview_seq"]?.number == 2 && me["delivered_seq"]?.number == 3)
    #expect(me["unread"]?.number == 1)
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .receipt && event.user == fixture.bob.principal.user.rowID)
    #expect(
      try JSONValue(event.data)
        == .object([
          "room_id": .string(lobby), "user_id": .string(fixture.bob.id), "delivered_seq": .integer(3), "preview_seq": .integer(2),
          "read_seq": .integer(2),
        ]))
    let view = try fixture.chat.room(lobby, for: fixture.bob.principal)
    #expect(view.membership?.markers == ReadMarkers(deliveredSeq: 3, previewSeq: 2, readSeq: 2))
  }

  @Test func `an update that raises no marker appends no receipt`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    try fixture.mark(lobby, read: 1, by: fixture.bob)
    let position = try fixture.chat.lastPosition()
    for seq in [Int64(0), 1, 2, .max] { #expect(try fixture.mark(lobby, read: seq, by: fixture.bob)["read_seq"]?.number == 1) }
    #expect(try fixture.chat.lastPosition() == position)
  }

  @Test func `with twenty concurrent sessions no marker ever falls, and one receipt remains`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...50 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let bob = fixture.bob
    let seen = Threads.run(20) { thread in
      (0..<20).map { round in
        let seq = Int64((thread * 31 + round * 17) % 50 + 1)
        return (try? fixture.mark(lobby, delivered: seq, read: seq, by: bob))?["read_seq"]?.number ?? -1
      }
    }
    #expect(seen.allSatisfy { $0 == $0.sorted() }, "what a device is answered only rises")
    #expect(seen.joined().max() == 50)
    let number = bob.principal.user.rowID.value
    #expect(try Self.receipts(fixture) == ["receipt \(number): 50 50 50"])
  }

  @Test func `non-members cannot set markers, and learn nothing by trying`() throws {
    let fixture = try ChatFixture()
    let back = try fixture.room("Back room", .group, by: fixture.alice)
    let lobby = try fixture.lobby()
    #expect(refusal { try fixture.mark(back, read: 1, by: fixture.mallory) } == .notFound)
    #expect(refusal { try fixture.mark("nowhere", read: 1, by: fixture.mallory) } == .notFound)
    #expect(refusal { try fixture.mark("../x", read: 1, by: fixture.mallory) } == .notFound)
    #expect(refusal { try fixture.mark(lobby, read: 1, by: fixture.mallory) }?.code == .forbidden)
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try fixture.mark(back, read: 1, by: fixture.alice) }?.code == .unauthenticated)
  }

  @Test func `own messages are never unread, and posting marks all earlier messages as read`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...3 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    func unread(_ user: TestUser) throws -> Int64? { try fixture.chat.room(lobby, for: user.principal).membership?.unread }
    #expect(try unread(fixture.alice) == 0 && unread(fixture.bob) == 3)
    try fixture.post("4", in: lobby, by: fixture.bob)
    let view = try fixture.chat.room(lobby, for: fixture.bob.principal)
    #expect(view.membership?.markers == ReadMarkers(deliveredSeq: 4, previewSeq: 4, readSeq: 4))
    #expect(try Self.receipts(fixture) == [], "the message itself says so")
  }

  @Test func `receipts of a user who hides them go to their own devices alone`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    try fixture.chat.setHidesReadReceipts(true, by: fixture.bob.principal)
    try fixture.mark(lobby, read: 1, by: fixture.bob)
    try fixture.mark(lobby, delivered: 1, by: fixture.mallory)
    let (bob, mallory) = (fixture.bob.principal.user.rowID.value, fixture.mallory.principal.user.rowID.value)
    #expect(try Self.receipts(fixture) == ["ownReceipt \(bob): 1 1 1", "receipt \(mallory): 1 0 0"])
    let receipts = try fixture.chat.receipts(of: 1, in: lobby, for: fixture.alice.principal, after: 0, limit: 10)
    #expect(receipts.map(\.user.text) == [fixture.mallory.id])
    try fixture.chat.setHidesReadReceipts(false, by: fixture.bob.principal)
    #expect(try fixture.chat.receipts(of: 1, in: lobby, for: fixture.alice.principal, after: 0, limit: 10).count == 2)
  }

  @Test func `in a large room, receipts go to the own devices alone`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let crowd = try (3...Int(ReadMarkers.sharedReceiptsMembersMax)).map { try fixture.signUp("user\($0)") }
    for user in crowd { _ = try fixture.chat.join(lobby, by: user.principal) }
    try fixture.mark(lobby, delivered: 1, by: fixture.bob)
    #expect(try fixture.journal().last?.kind == .receipt)
    _ = try fixture.chat.join(lobby, by: fixture.mallory.principal)
    try fixture.mark(lobby, read: 1, by: fixture.bob)
    #expect(try fixture.journal().last?.kind == .ownReceipt)
  }

  @Test func `who has answered long after a message had read it by then, wherever the answer is stored`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...40 {
      clock.advance(milliseconds: 1000)
      try fixture.post("\(number)", in: lobby, by: number == 38 ? fixture.bob : fixture.alice)
    }
    // Those before have moved, the answer is in the tail.
    let answer = try #require(Message(json: try fixture.chat.message(38, in: lobby, for: fixture.alice.principal)))
    for seq in [Int64(1), 20, 37] {
      let receipts = try fixture.chat.receipts(of: seq, in: lobby, for: fixture.alice.principal, after: 0, limit: 10)
      #expect(receipts.map(\.state) == [.read] && receipts.map(\.at) == [answer.createdAt])
    }
  }

  @Test func `a message's receipts have each user, state and time`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let carol = try fixture.signUp("carol")
    let dave = try fixture.signUp("dave")
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory, carol)
    for number in 1...3 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let first = try fixture.mark(lobby, read: 2, by: fixture.bob)
    #expect(first["read_seq"]?.number == 2)
    let before = clock.now
    clock.advance(milliseconds: 5)
    try fixture.mark(lobby, read: 3, by: fixture.bob)
    try fixture.mark(lobby, delivered: 3, preview: 2, by: fixture.mallory)
    // Carol answers without having marked anything; Dave comes when all is said.
    try fixture.post("4", in: lobby, by: carol)
    _ = try fixture.chat.join(lobby, by: dave.principal)

    func receipts(_ seq: Int64) throws -> [Receipt] {
      try fixture.chat.receipts(of: seq, in: lobby, for: fixture.alice.principal, after: 0, limit: 10)
    }
    let two = try receipts(2)
    #expect(two.map(\.user.text) == [fixture.bob.id, fixture.mallory.id, carol.id])
    #expect(two.map(\.state) == [.read, .previewRead, .read])
    #expect(try two.allSatisfy { try #require($0.at).milliseconds > 0 })
    #expect(try #require(two[0].at) <= before, "a later marker does not change the time of an earlier receipt")
    let three = try receipts(3)
    #expect(three.map(\.state) == [.read, .delivered, .read])
    #expect(try #require(three[0].at) > before)
    #expect(try receipts(4).map(\.state) == [nil, nil, nil], "its author is not among them: \(carol.id)")
    #expect(refusal { try receipts(9) } == .notFound)
    #expect(
      refusal { try fixture.chat.receipts(of: 1, in: lobby, for: try fixture.signUp("eve").principal, after: 0, limit: 1) }?.code
        == .forbidden)
  }

  @Test func `a resume has the newest receipt of each user, and the own ones of large rooms`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    for number in 1...20 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let since = try fixture.chat.lastPosition()
    for seq in 1...20 { for user in [fixture.bob, fixture.mallory] { try fixture.mark(lobby, read: Int64(seq), by: user) } }
    let snapshot = try fixture.chat.resume(fixture.alice.principal.claim, since: since, replayBufferStart: .max)
    #expect(try snapshot.backlog.map { try JSONValue($0.data)["read_seq"]?.number } == [20, 20])
    try fixture.chat.setHidesReadReceipts(true, by: fixture.bob.principal)
    try fixture.post("21", in: lobby, by: fixture.alice)
    try fixture.mark(lobby, read: 21, by: fixture.bob)
    func kinds(_ user: TestUser) throws -> [EventKind] {
      try fixture.chat.resume(user.principal.claim, since: since, replayBufferStart: .max).backlog.map(\.kind)
    }
    #expect(try kinds(fixture.bob) == [.receipt, .receipt, .ownAccount, .newMessage, .ownReceipt])
    #expect(try kinds(fixture.alice) == [.receipt, .receipt, .newMessage])
  }

  @Test func `updates in a burst produce one receipt, and each gets a reply`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...200 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let since = try fixture.chat.lastPosition()
    let answers = Condition<[Int64]>([])
    for seq in Int64(1)...200 {
      let update = try ReadMarkersUpdate(deliveredSeq: nil, previewSeq: nil, readSeq: seq)
      try fixture.chat.submitReadMarkers(update, in: lobby, session: fixture.bob.principal.session) { result in
        let read = (try? result.get()).flatMap { try? JSONValue($0) }?["read_seq"]?.number
        answers.update { $0.append(read ?? -1) }
      }
    }
    let answered = try #require(answers.wait(milliseconds: 5000) { $0.count == 200 ? $0 : nil })
    #expect(answered == answered.sorted() && answered.last == 200)
    #expect(zip(answered, 1...).allSatisfy { $0 >= $1 }, "no reply is behind its update")
    #expect(try fixture.chat.lastPosition() - since <= 20, "two hundred updates, a handful of events")
    #expect(try Self.receipts(fixture).count == 1)
  }

  @Test func `in one round, a non-member's update is rejected and the others are written`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...5 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let answers = Condition<[String: Bool]>([:])
    for user in [fixture.bob, fixture.mallory, fixture.alice] {
      let update = try ReadMarkersUpdate(deliveredSeq: 5, previewSeq: nil, readSeq: nil)
      let name = user.principal.user.username
      try fixture.chat.submitReadMarkers(update, in: lobby, session: user.principal.session) { result in
        answers.update { $0[name] = (try? result.get()) != nil }
      }
    }
    #expect(answers.wait(milliseconds: 5000) { $0.count == 3 ? $0 : nil } == ["bob": true, "mallory": false, "alice": true])
  }
}
