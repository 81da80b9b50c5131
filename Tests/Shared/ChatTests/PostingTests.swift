// Saying something, and saying it again.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing
import Wire

@Suite struct PostingTests {
  @Test func `what Alice says is stored and told in the same words`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let posted = try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    #expect(posted.seq == 1 && posted.isNew)
    let message = try #require(Message(json: posted.json))
    #expect(message.content == "hello" && message.username == "alice" && message.clientID == "c1" && message.roomID.text == lobby)
    let told = try #require(try house.journal().last)
    #expect(told.kind == .newMessage && told.data == posted.json)
    #expect(try house.chat.message(1, in: lobby, for: house.bob.actor) == posted.json)
    #expect(try house.chat.lastPosition() == told.position)
    #expect(try house.chat.news(after: told.position - 1).map(\.data) == [posted.json])
  }

  @Test func `twenty people who talk at once get dense numbers, and each message one event`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    let people = [house.alice, house.bob, house.mallory]
    let seqs = Threads.run(20) { thread in
      (0..<10).map { round in (try? house.say("\(thread) \(round)", in: lobby, by: people[thread % 3]))?.seq ?? -1 }
    }
    #expect(seqs.flatMap { $0 }.sorted() == Array(1...200))
    #expect(seqs.allSatisfy { $0 == $0.sorted() }, "nobody's own words change places")
    let told = try house.journal().filter { $0.kind == .newMessage }.compactMap { try JSONValue($0.data)["seq"]?.number }
    #expect(told == Array(1...200), "told in the order of the numbers")
  }

  @Test func `the same client_id is the same message for ever: after others, an edit, and a deletion`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let first = try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    try house.say("between", in: lobby, by: house.bob, clientID: "c1")
    let again = try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    #expect(again.seq == first.seq && !again.isNew && again.json == first.json)

    let edited = try house.edit(1, in: lobby, to: "HELLO", by: house.alice)
    let afterEdit = try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    #expect(afterEdit.seq == 1 && !afterEdit.isNew && afterEdit.json == edited)
    let deleted = try house.delete(1, in: lobby, by: house.alice)
    let afterDelete = try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    #expect(afterDelete.seq == 1 && !afterDelete.isNew && afterDelete.json == deleted)
    #expect(try house.journal().filter { $0.kind == .newMessage }.count == 2)
  }

  @Test func `the same client_id with anything else in it is refused`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let other = try house.room("Other", .group, by: house.alice)
    try house.say("hello", in: lobby, by: house.alice, clientID: "c1")
    try house.say("hello", in: other, by: house.alice)
    try house.edit(1, in: lobby, to: "HELLO", by: house.alice)
    #expect(refusal { try house.say("HELLO", in: lobby, by: house.alice, clientID: "c1") }?.code == .clientIDReused)
    #expect(refusal { try house.say("hello", in: other, by: house.alice, clientID: "c1") }?.code == .clientIDReused)
    #expect(refusal { try house.say("hello", in: lobby, by: house.alice, clientID: "c1", replyTo: 1) }?.code == .clientIDReused)
    #expect(try house.say("hello", in: lobby, by: house.bob, clientID: "c1").isNew, "Bob's c1 is Bob's")
  }

  @Test func `thirty retries at once make one message`() throws {
    let house = try House()
    let lobby = try house.lobby()
    let posted = Threads.run(30) { _ in try? house.say("once", in: lobby, by: house.alice, clientID: "c1") }.compactMap { $0 }
    #expect(posted.count == 30 && posted.allSatisfy { $0.seq == 1 })
    #expect(posted.filter(\.isNew).count == 1)
    #expect(try house.chat.page(of: lobby, .latest, limit: 50, for: house.alice.actor).count == 1)
  }

  @Test func `a retry is answered even when the sender has left, is too fast, or the room is gone for her`() throws {
    let house = try House { $0.messageRate = RateLimit(count: 1, windowMilliseconds: 3_600_000) }
    let lobby = try house.room("Group", .group, by: house.alice, with: [house.bob])
    let first = try house.say("hello", in: lobby, by: house.bob, clientID: "c1")
    #expect(try house.say("hello", in: lobby, by: house.bob, clientID: "c1").json == first.json)
    try house.chat.leave(lobby, by: house.bob.actor)
    #expect(try house.say("hello", in: lobby, by: house.bob, clientID: "c1").json == first.json)
    #expect(refusal { try house.say("hello", in: lobby, by: house.bob, clientID: "c2") } == .notFound)
  }

  @Test func `the sixth message is refused with the time to wait, stores nothing, and does not hold others up`() throws {
    let house = try House { $0.messageRate = RateLimit(count: 5, windowMilliseconds: 3_600_000) }
    let lobby = try house.lobby(house.bob)
    for number in 1...5 { try house.say("\(number)", in: lobby, by: house.alice) }
    let before = try house.chat.lastPosition()
    let refused = try #require(refusal { try house.say("6", in: lobby, by: house.alice) })
    #expect(refused.code == .rateLimited)
    let wait = try #require(refused.retryAfterMilliseconds)
    #expect(wait > 3_500_000 && wait <= 3_600_000)
    #expect(try house.chat.lastPosition() == before)
    #expect(refusal { try house.say("6", in: lobby, by: try house.logIn("alice")) }?.code == .rateLimited, "on no device")
    #expect(try house.say("6", in: lobby, by: house.bob).seq == 6)
  }

  @Test func `what was refused for another reason does not count against the rate`() throws {
    let house = try House { $0.messageRate = RateLimit(count: 1, windowMilliseconds: 3_600_000) }
    let lobby = try house.lobby()
    #expect(refusal { try house.say("x", in: lobby, by: house.alice, replyTo: 7) }?.fields.map(\.field) == ["reply_to"])
    #expect(refusal { try house.say(" ", in: lobby, by: house.alice) }?.code == .invalidField)
    #expect(refusal { try house.say("x", in: "nowhere", by: house.alice) } == .notFound)
    #expect(try house.say("x", in: lobby, by: house.alice).seq == 1)
  }

  @Test func `a reply is to a message of the same room`() throws {
    let house = try House()
    let lobby = try house.lobby()
    let other = try house.room("Other", .group, by: house.alice)
    for _ in 0..<3 { try house.say("x", in: other, by: house.alice) }
    try house.say("x", in: lobby, by: house.alice)
    #expect(try Message(json: house.say("y", in: lobby, by: house.alice, replyTo: 1).json)?.replyTo == 1)
    for seq in [Int64.min, -1, 0, 3, MessagePlace.seqMax, MessagePlace.seqMax + 1, .max] {
      #expect(refusal { try house.say("z", in: lobby, by: house.alice, replyTo: seq) }?.fields.map(\.field) == ["reply_to"])
    }
  }

  @Test func `nobody posts after signing out, with any door still open`() throws {
    let house = try House()
    let lobby = try house.lobby()
    try house.chat.logOut(house.alice.actor)
    #expect(refusal { try house.say("x", in: lobby, by: house.alice) }?.code == .unauthenticated)
    #expect(refusal { try house.say("x", in: "nowhere", by: house.alice) }?.code == .unauthenticated)
  }
}
