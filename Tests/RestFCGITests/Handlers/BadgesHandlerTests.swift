// Unread badges over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct BadgesHandlerTests {
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

  @Test func `badges have an ETag and disappear once Bob has read the room`() {
    let first = client.send("GET", "/api/v1/users/me/badges", as: fixture.bob)
    #expect(first.json?["unread"]?.number == 2 && first.json?["mentions"]?.number == 1)
    #expect(client.send("GET", "/api/v1/users/me/badges", as: fixture.bob, "HTTP_IF_NONE_MATCH=" + (first.tag ?? "")).status == 304)
    _ = client.send("PUT", room + "/markers", as: fixture.bob, json: #"{"read_seq":2}"#)
    let quiet = JSONValue.object(["unread": .integer(0), "mentions": .integer(0), "rooms": .array([])])
    #expect(client.send("GET", "/api/v1/users/me/badges", as: fixture.bob).json == quiet)
    #expect(client.send("GET", "/api/v1/users/me/badges").status == 401)
  }
}
