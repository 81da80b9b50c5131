// Marks, loudness, reactions and the bell through the door.

import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct StandingHandlerTests {
  private let house: House
  private let door: Door
  private let lobby: String

  init() throws {
    house = try House()
    door = Door(house.chat)
    lobby = try house.room("Book club", .group, by: house.alice, with: [house.bob])
    try house.say("@bob", in: lobby, by: house.alice)
    try house.say("hello", in: lobby, by: house.alice)
  }

  private var room: String { "/api/v1/rooms/\(lobby)" }

  @Test("Bob marks what he has read, and is answered what the room is to him")
  func marks() {
    let answer = door.ask("PUT", room + "/markers", as: house.bob, json: #"{"read_seq":1,"delivered_seq":2}"#)
    #expect(answer.status == 200)
    #expect(answer.json == door.ask("GET", room, as: house.bob).json?["me"])
    #expect(answer.json?["delivered_seq"]?.number == 2 && answer.json?["unread"]?.number == 1 && answer.json?["mentions"]?.number == 0)
    for wrong in [#"{}"#, #"{"read_seq":-1}"#, #"{"read_seq":"1"}"#] {
      #expect(door.ask("PUT", room + "/markers", as: house.bob, json: wrong).status == 422, "\(wrong)")
    }
    #expect(door.ask("PUT", room + "/markers", as: house.mallory, json: #"{"read_seq":1}"#).status == 404)
    #expect(door.ask("PUT", room + "/markers", json: #"{"read_seq":1}"#).status == 401)
    #expect(door.ask("POST", room + "/markers", as: house.bob, json: #"{"read_seq":1}"#).status == 405)
  }

  @Test("a level is set and kept while the room is muted and unmuted")
  func loudness() {
    func set(_ json: String) -> Response { door.ask("PUT", room + "/notify", as: house.bob, json: json) }
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
    let first = door.ask("GET", "/api/v1/users/me/badges", as: house.bob)
    #expect(first.json?["unread"]?.number == 2 && first.json?["mentions"]?.number == 1)
    #expect(door.ask("GET", "/api/v1/users/me/badges", as: house.bob, "HTTP_IF_NONE_MATCH=" + (first.tag ?? "")).status == 304)
    _ = door.ask("PUT", room + "/markers", as: house.bob, json: #"{"read_seq":2}"#)
    let quiet = JSONValue.object(["unread": .integer(0), "mentions": .integer(0), "rooms": .array([])])
    #expect(door.ask("GET", "/api/v1/users/me/badges", as: house.bob).json == quiet)
    #expect(door.ask("GET", "/api/v1/users/me/badges").status == 401)
  }

  @Test("an emoji in a path is percent-encoded, once")
  func reactions() {
    let thumb = room + "/messages/2/reactions/%F0%9F%91%8D"
    #expect(door.ask("PUT", thumb, as: house.bob).json?["reactions"] == .object(["👍": .array([.string(house.bob.id)])]))
    #expect(door.ask("PUT", room + "/messages/2/reactions/%25F0%259F%2591%258D", as: house.bob).status == 422)
    #expect(door.ask("PUT", room + "/messages/2/reactions/like", as: house.bob).status == 422)
    #expect(door.ask("PUT", room + "/messages/7/reactions/%F0%9F%91%8D", as: house.bob).status == 404)
    #expect(door.ask("DELETE", thumb, as: house.bob).json?["reactions"] == .object([:]))
  }

  @Test("receipts are a list like every other")
  func receipts() {
    let sent = door.ask("GET", room + "/messages/1/receipts", as: house.alice)
    #expect(sent.items("state") == [.string("sent")] && sent.json?["next_cursor"] == .null)
    _ = door.ask("PUT", room + "/markers", as: house.bob, json: #"{"preview_seq":1}"#)
    let seen = door.ask("GET", room + "/messages/1/receipts", as: house.alice)
    #expect(seen.items("state") == [.string("preview_read")] && seen.items("user_id") == [.string(house.bob.id)])
    #expect(door.ask("GET", room + "/messages/1/receipts", as: house.mallory).status == 404)
    #expect(door.ask("GET", room + "/messages/9/receipts", as: house.alice).status == 404)
  }

  @Test("hiding one's reading is set, and seen by oneself alone")
  func hiding() {
    #expect(door.ask("PATCH", "/api/v1/users/me", as: house.bob, json: #"{"hide_read_receipts":true}"#).status == 200)
    #expect(door.ask("GET", "/api/v1/users/me", as: house.bob).json?["hide_read_receipts"] == .bool(true))
    #expect(door.ask("GET", "/api/v1/auth/me", as: house.alice).json?["hide_read_receipts"] == .bool(false))
    #expect(door.ask("GET", "/api/v1/users/\(house.bob.id)", as: house.alice).json?["hide_read_receipts"] == nil)
    #expect(door.ask("PATCH", "/api/v1/users/me", as: house.bob, json: #"{"hide_read_receipts":1}"#).status == 422)
  }
}
