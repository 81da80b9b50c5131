// Snapshots over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct SyncHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private let lobby: String

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    lobby = try fixture.room("Book club", .group, by: fixture.alice, with: [fixture.bob])
  }

  @Test func `a snapshot has the user, the rooms, the authors of their newest messages and the cursor to resume from`() throws {
    let response = client.send("GET", "/api/v1/sync", as: fixture.bob)
    let state = try #require(response.json)
    #expect(state["me"]?["username"]?.text == "bob" && state["epoch"]?.text == fixture.chat.epoch)
    let cursor = try #require(state["cursor"]?.number.flatMap { Cursor($0) })
    #expect(fixture.chat.history.position(of: cursor) == (try fixture.chat.lastPosition()))
    guard case .array(let rooms) = state["rooms"], case .array(let users) = state["users"] else {
      Issue.record("no lists")
      return
    }
    #expect(rooms.map { $0["room_id"]?.text } == [lobby])
    #expect(users.map { $0["username"]?.text } == ["bob"])
  }
}
