// Notification settings over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct NotificationSettingsHandlerTests {
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

  @Test func `a notification level is kept while the room is muted and unmuted`() {
    func set(_ json: String) -> Response { client.send("PUT", room + "/notify", as: fixture.bob, json: json) }
    #expect(set(#"{"level":"mentions"}"#).json?["notify"]?.text == "mentions")
    let muted = set(#"{"muted_until":"2096-02-05T10:30:00.000Z"}"#).json
    #expect(muted?["notify"]?.text == "mentions" && muted?["muted_until"]?.text == "2096-02-05T10:30:00.000Z")
    #expect(set(#"{"level":"all","muted_until":null}"#).json?["muted_until"] == .null)
    for wrong in ["{}", #"{"level":"loud"}"#, #"{"level":null}"#, #"{"muted_until":"soon"}"#, #"{"muted_until":7}"#] {
      #expect(set(wrong).status == 422, "\(wrong)")
    }
  }
}
