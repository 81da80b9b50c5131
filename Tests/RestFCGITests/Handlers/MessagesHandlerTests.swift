// Rooms and messages through the door.

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

  @Test("Alice writes, Bob reads the very same, and need not read it again")
  func writeAndRead() {
    let written = client.send("POST", messages, as: fixture.alice, json: #"{"content":"Hello, Bob","client_id":"c1"}"#)
    #expect(written.status == 201 && written.json?["seq"]?.number == 1)
    let page = client.send("GET", messages, as: fixture.bob)
    #expect(page.json == .object(["messages": .array([written.json ?? .null]), "has_before": .bool(false), "has_after": .bool(false)]))
    let one = client.send("GET", messages + "/1", as: fixture.bob)
    #expect(one.body == written.body)
    #expect(client.send("GET", messages + "/1", as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (one.tag ?? "")).status == 304)
    #expect(client.send("GET", messages, as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (page.tag ?? "")).status == 304)
  }

  @Test("an Idempotency-Key is the same thing as a client_id, and must not say something else")
  func idempotency() {
    let key = "HTTP_IDEMPOTENCY_KEY=k1"
    let first = client.send("POST", messages, as: fixture.alice, json: #"{"content":"once"}"#, key)
    let again = client.send("POST", messages, as: fixture.alice, json: #"{"content":"once","client_id":"k1"}"#, key)
    #expect(first.status == 201 && again.status == 200 && first.body == again.body)
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"once","client_id":"k2"}"#, key).status == 422)
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"other"}"#, key).code == "client_id_reused")
    #expect(client.send("POST", messages, as: fixture.alice, json: #"{"content":"x"}"#, "HTTP_IDEMPOTENCY_KEY=a b").status == 422)
  }

  @Test("history is read in both directions, from one place at a time")
  func windows() throws {
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

  @Test(
    "a number that no message can have leads nowhere",
    arguments: ["0", "-1", "abc", "01", "+1", "1.0", "9223372036854775808", "99999999999999999999", "2"])
  func noSuchMessage(seq: String) throws {
    try fixture.post("the only one", in: lobby, by: fixture.alice)
    for (method, body) in [("GET", nil), ("PATCH", #"{"content":"x"}"#), ("DELETE", nil)] {
      #expect(client.send(method, messages + "/" + seq, as: fixture.alice, json: body).status == 404, "\(method)")
    }
  }

  @Test("Alice corrects her message and takes it back; what she gets is the message")
  func editAndDelete() throws {
    try fixture.post("teh", in: lobby, by: fixture.alice)
    let edited = client.send("PATCH", messages + "/1", as: fixture.alice, json: #"{"content":"the"}"#)
    #expect(edited.status == 200 && edited.json?["content"]?.text == "the")
    #expect(client.send("PATCH", messages + "/1", as: fixture.bob, json: #"{"content":"a"}"#).status == 403)
    let deleted = client.send("DELETE", messages + "/1", as: fixture.alice)
    #expect(deleted.status == 200 && deleted.json?["deleted"] == .bool(true) && deleted.json?["content"] == .null)
  }

  @Test("Mallory is told of a foreign room what she is told of one that does not exist")
  func foreign() throws {
    try fixture.post("private", in: lobby, by: fixture.alice)
    let calls: [(String, String, String?)] = [
      ("GET", "", nil), ("PATCH", "", #"{"name":"x"}"#), ("GET", "/members", nil), ("GET", "/messages", nil), ("GET", "/messages/1", nil),
      ("POST", "/messages", #"{"content":"x"}"#), ("PATCH", "/messages/1", #"{"content":"x"}"#), ("DELETE", "/messages/1", nil),
      ("POST", "/join", nil),
      ("POST", "/leave", nil), ("PUT", "/members/\(fixture.mallory.id)", #"{"role":"member"}"#),
      ("DELETE", "/members/\(fixture.bob.id)", nil),
    ]
    for (method, rest, body) in calls {
      let foreign = client.send(method, "/api/v1/rooms/\(lobby)\(rest)", as: fixture.mallory, json: body)
      let unknown = client.send(method, "/api/v1/rooms/doesNotExist\(rest)", as: fixture.mallory, json: body)
      #expect(foreign.status == 404 && foreign.body == unknown.body && foreign.headText == unknown.headText, "\(method) \(rest)")
    }
  }

  @Test("lists are read page by page, each item once")
  func pages() throws {
    for number in 1...5 { _ = try fixture.room("R\(number)", .public, by: fixture.alice) }
    for (path, name, count) in [
      ("/api/v1/rooms", "room_id", 6), ("/api/v1/rooms/public", "room_id", 5), ("/api/v1/rooms/\(lobby)/members", "role", 2),
    ] {
      var seen: [String?] = []
      var target: String? = path + "?limit=1"
      while let page = target {
        let answer = client.send("GET", page, as: fixture.alice)
        #expect(answer.status == 200 && answer.items(name).count == 1)
        seen += answer.items(name).map { $0?.text }
        target = answer.json?["next_cursor"]?.text.map { "\(path)?limit=1&cursor=\($0)" }
      }
      #expect(seen.count == count && Set(seen).count == count, "\(path)")
    }
  }

  @Test("members are let in, given roles and put out; a role is a word or is left out")
  func members() {
    let place = "/api/v1/rooms/\(lobby)/members/\(fixture.mallory.id)"
    #expect(client.send("PUT", place, as: fixture.alice, json: #"{"role":null}"#).status == 422)
    #expect(client.send("PUT", place, as: fixture.alice).status == 201)
    let raised = client.send("PUT", place, as: fixture.alice, json: #"{"role":"moderator"}"#)
    #expect(raised.status == 200 && raised.json?["role"]?.text == "moderator" && raised.json?["user"]?["username"]?.text == "mallory")
    #expect(client.send("DELETE", place, as: fixture.alice).status == 204)
    #expect(client.send("DELETE", place, as: fixture.alice).status == 404)
  }

  @Test("one reading holds the user, her rooms, the people in them and the place to go on from")
  func sync() throws {
    let answer = client.send("GET", "/api/v1/sync", as: fixture.bob)
    let state = try #require(answer.json)
    #expect(state["me"]?["username"]?.text == "bob" && state["epoch"]?.text == fixture.chat.epoch)
    #expect(state["cursor"]?.number == (try fixture.chat.lastPosition()))
    guard case .array(let rooms) = state["rooms"], case .array(let users) = state["users"] else {
      Issue.record("no lists")
      return
    }
    #expect(rooms.map { $0["room_id"]?.text } == [lobby])
    #expect(users.map { $0["username"]?.text } == ["alice", "bob"])
  }
}
