// Marks, loudness, reactions and the bell through the door.

import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct StandingHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private let lobby: String

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    lobby = try fixture.room("Book club", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.post("@bob", in: lobby, by: fixture.alice)
    try fixture.post("hello", in: lobby, by: fixture.alice)
  }

  private var room: String { "/api/v1/rooms/\(lobby)" }

  @Test("Bob marks what he has read, and is answered what the room is to him")
  func marks() {
    let answer = client.send("PUT", room + "/markers", as: fixture.bob, json: #"{"read_seq":1,"delivered_seq":2}"#)
    #expect(answer.status == 200)
    #expect(answer.json == client.send("GET", room, as: fixture.bob).json?["me"])
    #expect(answer.json?["delivered_seq"]?.number == 2 && answer.json?["unread"]?.number == 1 && answer.json?["mentions"]?.number == 0)
    for wrong in [#"{}"#, #"{"read_seq":-1}"#, #"{"read_seq":"1"}"#] {
      #expect(client.send("PUT", room + "/markers", as: fixture.bob, json: wrong).status == 422, "\(wrong)")
    }
    #expect(client.send("PUT", room + "/markers", as: fixture.mallory, json: #"{"read_seq":1}"#).status == 404)
    #expect(client.send("PUT", room + "/markers", json: #"{"read_seq":1}"#).status == 401)
    #expect(client.send("POST", room + "/markers", as: fixture.bob, json: #"{"read_seq":1}"#).status == 405)
  }

  @Test("a level is set and kept while the room is muted and unmuted")
  func loudness() {
    func set(_ json: String) -> Response { client.send("PUT", room + "/notify", as: fixture.bob, json: json) }
    #expect(set(#"{"level":"mentions"}"#).json?["notify"]?.text == "mentions")
    let muted = set(#"{"muted_until":"2096-02-05T10:30:00.000Z"}"#).json
    #expect(muted?["notify"]?.text == "mentions" && muted?["muted_until"]?.text == "2096-02-05T10:30:00.000Z")
    #expect(set(#"{"level":"all","muted_until":null}"#).json?["muted_until"] == .null)
    for wrong in ["{}", #"{"level":"loud"}"#, #"{"level":null}"#, #"{"muted_until":"soon"}"#, #"{"muted_until":7}"#] {
      #expect(set(wrong).status == 422, "\(wrong)")
    }
  }

  @Test("the bell has a tag, and rings no more once Bob has read")
  func bell() {
    let first = client.send("GET", "/api/v1/users/me/badges", as: fixture.bob)
    #expect(first.json?["unread"]?.number == 2 && first.json?["mentions"]?.number == 1)
    #expect(client.send("GET", "/api/v1/users/me/badges", as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (first.tag ?? "")).status == 304)
    _ = client.send("PUT", room + "/markers", as: fixture.bob, json: #"{"read_seq":2}"#)
    let quiet = JSONValue.object(["unread": .integer(0), "mentions": .integer(0), "rooms": .array([])])
    #expect(client.send("GET", "/api/v1/users/me/badges", as: fixture.bob).json == quiet)
    #expect(client.send("GET", "/api/v1/users/me/badges").status == 401)
  }

  @Test("an emoji in a path is percent-encoded, once")
  func reactions() {
    let thumb = room + "/messages/2/reactions/%F0%9F%91%8D"
    #expect(client.send("PUT", thumb, as: fixture.bob).json?["reactions"] == .object(["👍": .array([.string(fixture.bob.id)])]))
    #expect(client.send("PUT", room + "/messages/2/reactions/%25F0%259F%2591%258D", as: fixture.bob).status == 422)
    #expect(client.send("PUT", room + "/messages/2/reactions/like", as: fixture.bob).status == 422)
    #expect(client.send("PUT", room + "/messages/7/reactions/%F0%9F%91%8D", as: fixture.bob).status == 404)
    #expect(client.send("DELETE", thumb, as: fixture.bob).json?["reactions"] == .object([:]))
  }

  @Test("receipts are a list like every other")
  func receipts() {
    let sent = client.send("GET", room + "/messages/1/receipts", as: fixture.alice)
    #expect(sent.items("state") == [.string("sent")] && sent.json?["next_cursor"] == .null)
    _ = client.send("PUT", room + "/markers", as: fixture.bob, json: #"{"preview_seq":1}"#)
    let seen = client.send("GET", room + "/messages/1/receipts", as: fixture.alice)
    #expect(seen.items("state") == [.string("preview_read")] && seen.items("user_id") == [.string(fixture.bob.id)])
    #expect(client.send("GET", room + "/messages/1/receipts", as: fixture.mallory).status == 404)
    #expect(client.send("GET", room + "/messages/9/receipts", as: fixture.alice).status == 404)
  }

  @Test("hiding one's reading is set, and seen by oneself alone")
  func hiding() {
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: #"{"hide_read_receipts":true}"#).status == 200)
    #expect(client.send("GET", "/api/v1/users/me", as: fixture.bob).json?["hide_read_receipts"] == .bool(true))
    #expect(client.send("GET", "/api/v1/auth/me", as: fixture.alice).json?["hide_read_receipts"] == .bool(false))
    #expect(client.send("GET", "/api/v1/users/\(fixture.bob.id)", as: fixture.alice).json?["hide_read_receipts"] == nil)
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: #"{"hide_read_receipts":1}"#).status == 422)
  }
}
