// Members over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct MembersHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private let lobby: String

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    lobby = try fixture.room("Book club", .group, by: fixture.alice, with: [fixture.bob])
  }

  @Test func `members are added, given roles and removed; a role may be absent but not null`() {
    let place = "/api/v1/rooms/\(lobby)/members/\(fixture.mallory.id)"
    #expect(client.send("PUT", place, as: fixture.alice, json: #"{"role":null}"#).status == 422)
    #expect(client.send("PUT", place, as: fixture.alice).status == 201)
    let raised = client.send("PUT", place, as: fixture.alice, json: #"{"role":"moderator"}"#)
    #expect(raised.status == 200 && raised.json?["role"]?.text == "moderator" && raised.json?["user"]?["username"]?.text == "mallory")
    #expect(client.send("DELETE", place, as: fixture.alice).status == 204)
    #expect(client.send("DELETE", place, as: fixture.alice).status == 404)
  }
}
