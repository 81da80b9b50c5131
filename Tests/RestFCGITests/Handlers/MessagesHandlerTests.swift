// Rooms and messages through the door.

import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct MessagesHandlerTests {
  private let house: House
  private let door: Door
  private let lobby: String

  init() throws {
    house = try House()
    door = Door(house.chat)
    lobby = try house.room("Book club", .group, by: house.alice, with: [house.bob])
  }

  private var messages: String { "/api/v1/rooms/\(lobby)/messages" }

  @Test("Alice writes, Bob reads the very same, and need not read it again")
  func writeAndRead() {
    let written = door.ask("POST", messages, as: house.alice, json: #"{"content":"Hello, Bob","client_id":"c1"}"#)
    #expect(written.status == 201 && written.json?["seq"]?.number == 1)
    let page = door.ask("GET", messages, as: house.bob)
    #expect(page.json == .object(["messages": .array([written.json ?? .null]), "has_before": .bool(false), "has_after": .bool(false)]))
    let one = door.ask("GET", messages + "/1", as: house.bob)
    #expect(one.body == written.body)
    #expect(door.ask("GET", messages + "/1", as: house.bob, "HTTP_IF_NONE_MATCH=" + (one.tag ?? "")).status == 304)
    #expect(door.ask("GET", messages, as: house.bob, "HTTP_IF_NONE_MATCH=" + (page.tag ?? "")).status == 304)
  }

  @Test("an Idempotency-Key is the same thing as a client_id, and must not say something else")
  func idempotency() {
    let key = "HTTP_IDEMPOTENCY_KEY=k1"
    let first = door.ask("POST", messages, as: house.alice, json: #"{"content":"once"}"#, key)
    let again = door.ask("POST", messages, as: house.alice, json: #"{"content":"once","client_id":"k1"}"#, key)
    #expect(first.status == 201 && again.status == 200 && first.body == again.body)
    #expect(door.ask("POST", messages, as: house.alice, json: #"{"content":"once","client_id":"k2"}"#, key).status == 422)
    #expect(door.ask("POST", messages, as: house.alice, json: #"{"content":"other"}"#, key).code == "client_id_reused")
    #expect(door.ask("POST", messages, as: house.alice, json: #"{"content":"x"}"#, "HTTP_IDEMPOTENCY_KEY=a b").status == 422)
  }

  @Test("history is read in both directions, from one place at a time")
  func windows() throws {
    for number in 1...7 { try house.say("m\(number)", in: lobby, by: house.alice) }
    func seqs(_ query: String) -> [Int64?] {
      guard case .array(let messages) = door.ask("GET", messages + query, as: house.bob).json?["messages"] else { return [] }
      return messages.map { $0["seq"]?.number }
    }
    #expect(seqs("?limit=2") == [6, 7])
    #expect(seqs("?before=3") == [1, 2])
    #expect(seqs("?after=5") == [6, 7])
    #expect(seqs("?around=4&limit=3") == [3, 4, 5])
    for query in ["?before=1&after=2", "?after=1&around=2", "?before=1&after=1&around=1", "?before=x", "?limit=0"] {
      #expect(door.ask("GET", messages + query, as: house.bob).status == 422, "\(query)")
    }
  }

  @Test(
    "a number that no message can have leads nowhere",
    arguments: ["0", "-1", "abc", "01", "+1", "1.0", "9223372036854775808", "99999999999999999999", "2"])
  func noSuchMessage(seq: String) throws {
    try house.say("the only one", in: lobby, by: house.alice)
    for (method, body) in [("GET", nil), ("PATCH", #"{"content":"x"}"#), ("DELETE", nil)] {
      #expect(door.ask(method, messages + "/" + seq, as: house.alice, json: body).status == 404, "\(method)")
    }
  }

  @Test("Alice corrects her message and takes it back; what she gets is the message")
  func editAndDelete() throws {
    try house.say("teh", in: lobby, by: house.alice)
    let edited = door.ask("PATCH", messages + "/1", as: house.alice, json: #"{"content":"the"}"#)
    #expect(edited.status == 200 && edited.json?["content"]?.text == "the")
    #expect(door.ask("PATCH", messages + "/1", as: house.bob, json: #"{"content":"a"}"#).status == 403)
    let deleted = door.ask("DELETE", messages + "/1", as: house.alice)
    #expect(deleted.status == 200 && deleted.json?["deleted"] == .bool(true) && deleted.json?["content"] == .null)
  }

  @Test("Mallory is told of a foreign room what she is told of one that does not exist")
  func foreign() throws {
    try house.say("private", in: lobby, by: house.alice)
    let calls: [(String, String, String?)] = [
      ("GET", "", nil), ("PATCH", "", #"{"name":"x"}"#), ("GET", "/members", nil), ("GET", "/messages", nil), ("GET", "/messages/1", nil),
      ("POST", "/messages", #"{"content":"x"}"#), ("PATCH", "/messages/1", #"{"content":"x"}"#), ("DELETE", "/messages/1", nil),
      ("POST", "/join", nil),
      ("POST", "/leave", nil), ("PUT", "/members/\(house.mallory.id)", #"{"role":"member"}"#), ("DELETE", "/members/\(house.bob.id)", nil),
    ]
    for (method, rest, body) in calls {
      let foreign = door.ask(method, "/api/v1/rooms/\(lobby)\(rest)", as: house.mallory, json: body)
      let unknown = door.ask(method, "/api/v1/rooms/doesNotExist\(rest)", as: house.mallory, json: body)
      #expect(foreign.status == 404 && foreign.body == unknown.body && foreign.headText == unknown.headText, "\(method) \(rest)")
    }
  }

  @Test("lists are read page by page, each item once")
  func pages() throws {
    for number in 1...5 { _ = try house.room("R\(number)", .public, by: house.alice) }
    for (path, name, count) in [
      ("/api/v1/rooms", "room_id", 6), ("/api/v1/rooms/public", "room_id", 5), ("/api/v1/rooms/\(lobby)/members", "role", 2),
    ] {
      var seen: [String?] = []
      var target: String? = path + "?limit=1"
      while let page = target {
        let answer = door.ask("GET", page, as: house.alice)
        #expect(answer.status == 200 && answer.items(name).count == 1)
        seen += answer.items(name).map { $0?.text }
        target = answer.json?["next_cursor"]?.text.map { "\(path)?limit=1&cursor=\($0)" }
      }
      #expect(seen.count == count && Set(seen).count == count, "\(path)")
    }
  }

  @Test("members are let in, given roles and put out; a role is a word or is left out")
  func members() {
    let place = "/api/v1/rooms/\(lobby)/members/\(house.mallory.id)"
    #expect(door.ask("PUT", place, as: house.alice, json: #"{"role":null}"#).status == 422)
    #expect(door.ask("PUT", place, as: house.alice).status == 201)
    let raised = door.ask("PUT", place, as: house.alice, json: #"{"role":"moderator"}"#)
    #expect(raised.status == 200 && raised.json?["role"]?.text == "moderator" && raised.json?["user"]?["username"]?.text == "mallory")
    #expect(door.ask("DELETE", place, as: house.alice).status == 204)
    #expect(door.ask("DELETE", place, as: house.alice).status == 404)
  }

  @Test("one reading holds the user, her rooms, the people in them and the place to go on from")
  func sync() throws {
    let answer = door.ask("GET", "/api/v1/sync", as: house.bob)
    let state = try #require(answer.json)
    #expect(state["me"]?["username"]?.text == "bob" && state["epoch"]?.text == house.chat.epoch)
    #expect(state["cursor"]?.number == (try house.chat.lastPosition()))
    guard case .array(let rooms) = state["rooms"], case .array(let users) = state["users"] else {
      Issue.record("no lists")
      return
    }
    #expect(rooms.map { $0["room_id"]?.text } == [lobby])
    #expect(users.map { $0["username"]?.text } == ["alice", "bob"])
  }
}
