// Users over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct UsersHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
  }

  @Test func `hiding read receipts is a setting that only the user sees`() {
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: #"{"hide_read_receipts":true}"#).status == 200)
    #expect(client.send("GET", "/api/v1/users/me", as: fixture.bob).json?["hide_read_receipts"] == .bool(true))
    #expect(client.send("GET", "/api/v1/auth/me", as: fixture.alice).json?["hide_read_receipts"] == .bool(false))
    #expect(client.send("GET", "/api/v1/users/\(fixture.bob.id)", as: fixture.alice).json?["hide_read_receipts"] == nil)
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: #"{"hide_read_receipts":1}"#).status == 422)
  }
}
