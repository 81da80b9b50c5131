// CORS headers for other origins.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct CORSPolicyTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
  }

  @Test func `only the origins that the operator has named receive CORS headers`() {
    let open = TestClient(fixture.chat, origins: ["https://app.example"])
    let allowed = open.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example")
    #expect(allowed.header("Access-Control-Allow-Origin") == "https://app.example" && allowed.header("Vary") == "Origin")
    let preflight = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=https://app.example")
    #expect(preflight.status == 204)
    #expect(preflight.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
    #expect(preflight.header("Access-Control-Allow-Headers")?.lowercased().contains("x-echochat") == false)
    for origin in [
      "https://app.example.evil", "https://evil.example", "http://app.example", "https://app.example:444", "null", "HTTPS://APP.EXAMPLE",
    ] {
      let response = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=" + origin)
      #expect(response.header("Access-Control-Allow-Origin") == nil && response.header("Vary") == "Origin", "\(origin)")
    }
    #expect(client.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example").header("Access-Control-Allow-Origin") == nil)
  }
}
