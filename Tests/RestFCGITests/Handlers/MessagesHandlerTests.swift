// Messages over REST.

import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct MessagesHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private let lobby: String

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    lobby = try fixture.room("Book club", .group, by: fixture.alice, with: [fixture.bob])
  }

  private var messages: String { "/api/v1/rooms/\(lobby)/messages" }

  @Test func `Alice posts a message, Bob reads the same bytes, and then gets 304`() {
    let written = client.send("POST", messages, as: fixture.alice, json: #"{"content":"Hello, Bob","client_id":"c1"}"#)
    #expect(written.status == 201 && written.json?["seq"]?.number == 1)
    let page = client.send("GET", messages, as: fixture.bob)
    #expect(page.json == .object(["messages": .array([written.json ?? .null]), "has_before": .bool(false), "has_after": .bool(false)]))
    let one = client.send("GET", messages + "/1", as: fixture.bob)
    #expect(one.body == written.body)
    #expect(client.send("GET", messages + "/1", as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (one.tag ?? "")).status == 304)
    #expect(client.send("GET", messages, as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (page.tag ?? "")).status == 304)
  }

  @Test func `an Idempotency-Key is the client_id and must not differ from it`() {
    let key = "HTTP_IDEMPOTENCY_KEY=k1"
    let first = client.send("POST", messages, as: fixture.alice, json: #"{"content":"once"}"#, key)
    let again = client.send("POST", messages, as: fixture.alice, json: #"{"content":"once","client_id":"k1"}"#, key)
    #expect(first.status == 201 && again.status == 200 && first.body == again.body)
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"once","client_id":"k2"}"#, key).status == 422)
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"other"}"#, key).code == "client_id_reused")
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"x"}"#, "HTTP_IDEMPOTENCY_KEY=a b").status == 422)
  }

  @Test func `history is read before, after or around one seq`() throws {
    for number in 1...7 { try fixture.post("m\(number)", in: lobby, by: fixture.alice) }
    func seqs(_ query: String) -> [Int64?] {
      guard case .array(let messages) = client.send("GET", messages + query, as: fixture.bob).json?["messages"] else { return [] }
      return messages.map { $0["seq"]?.number }
    }
    #expect(seqs("?limit=2") == [6, 7])
    #expect(seqs("?before=3") == [1, 2])
    #expect(seqs("?after=5") == [6, 7])
    #expect(seqs("?around=4&limit=3") == [3, 4, 5])
    for query in ["?before=1&after=2", "?after=1&around=2", "?before=1&after=1&around=1", "?before=x", "?limit=0"] {
      #expect(client.send("GET", messages + query, as: fixture.bob).status == 422, "\(query)")
    }
  }

  @Test(arguments: ["0", "-1", "abc", "01", "+1", "1.0", "9223372036854775808", "99999999999999999999", "2"])
  func `a seq that no message can have is not found`(seq: String) throws {
    try fixture.post("the only one", in: lobby, by: fixture.alice)
    for (method, body) in [("GET", nil), ("PATCH", #"{"content":"x"}"#), ("DELETE", nil)] {
      #expect(client.send(method, messages + "/" + seq, as: fixture.alice, json: body).status == 404, "\(method)")
    }
  }

  @Test func `Alice edits and deletes a message; each response is the message`() throws {
    try fixture.post("teh", in: lobby, by: fixture.alice)
    let edited = client.send("PATCH", messages + "/1", as: fixture.alice, json: #"{"content":"the"}"#)
    #expect(edited.status == 200 && edited.json?["content"]?.text == "the")
    #expect(client.send("PATCH", messages + "/1", as: fixture.bob, json: #"{"content":"a"}"#).status == 403)
    let deleted = client.send("DELETE", messages + "/1", as: fixture.alice)
    #expect(deleted.status == 200 && deleted.json?["deleted"] == .bool(true) && deleted.json?["content"] == .null)
  }

  @Test func `receipts are a list like every other`() throws {
    for text in ["@bob", "hello"] { try fixture.post(text, in: lobby, by: fixture.alice) }
    let sent = client.send("GET", messages + "/1/receipts", as: fixture.alice)
    #expect(sent.items("state") == [.string("sent")] && sent.json?["next_cursor"] == .null)
    _ = client.send("PUT", "/api/v1/rooms/\(lobby)/markers", as: fixture.bob, json: #"{"preview_seq":1}"#)
    let seen = client.send("GET", messages + "/1/receipts", as: fixture.alice)
    #expect(seen.items("state") == [.string("preview_read")] && seen.items("user_id") == [.string(fixture.bob.id)])
    #expect(client.send("GET", messages + "/1/receipts", as: fixture.mallory).status == 404)
    #expect(client.send("GET", messages + "/9/receipts", as: fixture.alice).status == 404)
  }
}
