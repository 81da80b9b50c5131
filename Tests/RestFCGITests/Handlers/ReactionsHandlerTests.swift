// Reactions over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct ReactionsHandlerTests {
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

  @Test func `an emoji in a path is percent-encoded once`() {
    let thumb = room + "/messages/2/reactions/%F0%9F%91%8D"
    #expect(client.send("PUT", thumb, as: fixture.bob).json?["reactions"] == .object(["👍": .array([.string(fixture.bob.id)])]))
    #expect(client.send("PUT", room + "/messages/2/reactions/%25F0%259F%2591%258D", as: fixture.bob).status == 422)
    #expect(client.send("PUT", room + "/messages/2/reactions/like", as: fixture.bob).status == 422)
    #expect(client.send("PUT", room + "/messages/7/reactions/%F0%9F%91%8D", as: fixture.bob).status == 404)
    #expect(client.send("DELETE", thumb, as: fixture.bob).json?["reactions"] == .object([:]))
  }
}
