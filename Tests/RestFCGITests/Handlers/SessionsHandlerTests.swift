// Sessions over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct SessionsHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
  }

  @Test func `Alice lists the sessions page by page and ends one`() throws {
    let phone = try fixture.logIn("alice")
    let tablet = try fixture.logIn("alice")
    var seen: [String?] = []
    var target: String? = "/api/v1/auth/sessions?limit=2"
    while let page = target {
      let response = client.send("GET", page, as: phone)
      #expect(response.status == 200)
      seen += response.items("session_id").map { $0?.text }
      target = response.json?["next_cursor"]?.text.map { "/api/v1/auth/sessions?limit=2&cursor=\($0)" }
    }
    #expect(seen.count == 3 && Set(seen).count == 3)
    #expect(client.send("DELETE", "/api/v1/auth/sessions/\(tablet.principal.sessionID.text)", as: phone).status == 204)
    #expect(client.send("GET", "/api/v1/auth/me", as: tablet).status == 401)
    #expect(client.send("DELETE", "/api/v1/auth/sessions/\(fixture.alice.principal.sessionID.text)", as: fixture.mallory).status == 404)
  }
}
