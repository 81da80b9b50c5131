// Posting messages and retrying.
import Chat
import Configuration
import Domain
import Posix
import Store
import TestSupport
import Testing
import Wire

@Suite struct PostingTests {
  @Test func `a posted message is stored and published as the same JSON`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let posted = try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    #expect(posted.seq == 1 && posted.isNew)
    let message = try #require(Message(json: posted.json))
    #expect(message.content == "hello" && message.username == "alice" && message.clientID == "c1" && message.roomID.text == lobby)
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .newMessage && event.data == posted.json)
    #expect(try fixture.chat.message(1, in: lobby, for: fixture.bob.principal) == posted.json)
    #expect(try fixture.chat.lastPosition() == event.position)
    #expect(try JournalReader(fixture.chat).events(after: event.position - 1).entries.map(\.data) == [posted.json])
  }

  @Test func `twenty concurrent senders get consecutive seqs, and each message is one event`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    let users = [fixture.alice, fixture.bob, fixture.mallory]
    let seqs = Threads.run(20) { thread in
      (0..<10).map { round in (try? fixture.post("\(thread) \(round)", in: lobby, by: users[thread % 3]))?.seq ?? -1 }
    }
    #expect(seqs.flatMap { $0 }.sorted() == Array(1...200))
    #expect(seqs.allSatisfy { $0 == $0.sorted() }, "each sender's messages keep their order")
    let events = try fixture.journal().filter { $0.kind == .newMessage }.compactMap { try JSONValue($0.data)["seq"]?.number }
    #expect(events == Array(1...200), "events in the order of the numbers")
  }

  @Test func `a client_id always names the same message: after others, an edit, and a deletion`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let first = try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    try fixture.post("between", in: lobby, by: fixture.bob, clientID: "c1")
    let again = try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    #expect(again.seq == first.seq && !again.isNew && again.json == first.json)

    let edited = try fixture.edit(1, in: lobby, to: "HELLO", by: fixture.alice)
    let afterEdit = try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    #expect(afterEdit.seq == 1 && !afterEdit.isNew && afterEdit.json == edited)
    let deleted = try fixture.delete(1, in: lobby, by: fixture.alice)
    let afterDelete = try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    #expect(afterDelete.seq == 1 && !afterDelete.isNew && afterDelete.json == deleted)
    #expect(try fixture.journal().filter { $0.kind == .newMessage }.count == 2)
  }

  @Test func `a client_id reused for another message is rejected`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let other = try fixture.room("Other", .group, by: fixture.alice)
    try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1")
    try fixture.post("hello", in: other, by: fixture.alice)
    try fixture.edit(1, in: lobby, to: "HELLO", by: fixture.alice)
    #expect(refusal { try fixture.post("HELLO", in: lobby, by: fixture.alice, clientID: "c1") }?.code == .clientIDReused)
    #expect(refusal { try fixture.post("hello", in: other, by: fixture.alice, clientID: "c1") }?.code == .clientIDReused)
    #expect(refusal { try fixture.post("hello", in: lobby, by: fixture.alice, clientID: "c1", replyTo: 1) }?.code == .clientIDReused)
    #expect(try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1").isNew, "Bob's c1 is Bob's")
  }

  @Test func `thirty concurrent retries make one message`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let posted = Threads.run(30) { _ in try? fixture.post("once", in: lobby, by: fixture.alice, clientID: "c1") }.compactMap { $0 }
    #expect(posted.count == 30 && posted.allSatisfy { $0.seq == 1 })
    #expect(posted.filter(\.isNew).count == 1)
    #expect(try fixture.chat.page(of: lobby, .latest, limit: 50, for: fixture.alice.principal).count == 1)
  }

  @Test func `a retry gets its result even over the rate limit, but an author who has left gets what a non-member gets`() throws {
    let fixture = try ChatFixture { $0.messageRate = RateLimit(count: 1, windowMilliseconds: 3_600_000) }
    let lobby = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    let first = try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1")
    #expect(try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1").json == first.json)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(refusal { try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1") } == .notFound)
    #expect(refusal { try fixture.post("other", in: lobby, by: fixture.bob, clientID: "c1") } == .notFound)
    #expect(refusal { try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c2") } == .notFound)
  }

  @Test func `the sixth message is rejected with the time to retry, stores nothing, and does not affect other users`() throws {
    let fixture = try ChatFixture { $0.messageRate = RateLimit(count: 5, windowMilliseconds: 3_600_000) }
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...5 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    let before = try fixture.chat.lastPosition()
    let refused = try #require(refusal { try fixture.post("6", in: lobby, by: fixture.alice) })
    #expect(refused.code == .rateLimited)
    let wait = try #require(refused.retryAfterMilliseconds)
    #expect(wait > 3_500_000 && wait <= 3_600_000)
    #expect(try fixture.chat.lastPosition() == before)
    #expect(refusal { try fixture.post("6", in: lobby, by: try fixture.logIn("alice")) }?.code == .rateLimited, "on no device")
    #expect(try fixture.post("6", in: lobby, by: fixture.bob).seq == 6)
  }

  @Test func `messages rejected for other reasons do not count against the rate limit`() throws {
    let fixture = try ChatFixture { $0.messageRate = RateLimit(count: 1, windowMilliseconds: 3_600_000) }
    let lobby = try fixture.lobby()
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.alice, replyTo: 7) }?.fields.map(\.field) == ["reply_to"])
    #expect(refusal { try fixture.post(" ", in: lobby, by: fixture.alice) }?.code == .invalidField)
    #expect(refusal { try fixture.post("x", in: "nowhere", by: fixture.alice) } == .notFound)
    #expect(try fixture.post("x", in: lobby, by: fixture.alice).seq == 1)
  }

  @Test func `a reply is to a message of the same room`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let other = try fixture.room("Other", .group, by: fixture.alice)
    for _ in 0..<3 { try fixture.post("x", in: other, by: fixture.alice) }
    try fixture.post("x", in: lobby, by: fixture.alice)
    #expect(try Message(json: fixture.post("y", in: lobby, by: fixture.alice, replyTo: 1).json)?.replyTo == 1)
    for seq in [Int64.min, -1, 0, 3, MessageID.seqMax, MessageID.seqMax + 1, .max] {
      #expect(refusal { try fixture.post("z", in: lobby, by: fixture.alice, replyTo: seq) }?.fields.map(\.field) == ["reply_to"])
    }
  }

  @Test func `nobody posts after signing out, over any API`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.alice) }?.code == .unauthenticated)
    #expect(refusal { try fixture.post("x", in: "nowhere", by: fixture.alice) }?.code == .unauthenticated)
  }
}
