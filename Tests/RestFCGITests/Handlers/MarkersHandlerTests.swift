// Read markers over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct MarkersHandlerTests {
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

  @Test func `moving the read markers returns the member's own view of the room`() {
    let response = client.send("PUT", room + "/markers", as: fixture.bob, json: #"{"read_seq":1,"delivered_seq":2}"#)
    #expect(response.status == 200)
    guard case .object(var me)? = client.send("GET", room, as: fixture.bob).json?["me"] else {
      Issue.record("no me")
      return
    }
    #expect(me.removeValue(forKey: "draft") == .null && response.json == .object(me))
    #expect(
      response.json?["delivered_seq"]?.number == 2 && response.json?["unread"]?.number == 1 && response.json?["mentions"]?.number == 0)
    for wrong in [#"{}"#, #"{"read_seq":-1}"#, #"{"read_seq":"1"}"#] {
      #expect(client.send("PUT", room + "/markers", as: fixture.bob, json: wrong).status == 422, "\(wrong)")
    }
    #expect(client.send("PUT", room + "/markers", as: fixture.mallory, json: #"{"read_seq":1}"#).status == 404)
    #expect(client.send("PUT", room + "/markers", json: #"{"read_seq":1}"#).status == 401)
    #expect(client.send("POST", room + "/markers", as: fixture.bob, json: #"{"read_seq":1}"#).status == 405)
  }
}
