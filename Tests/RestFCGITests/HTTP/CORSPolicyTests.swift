// CORS headers for other origins.
import Chat
import Configuration
import Domain
import HTTPSyntax
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

  @Test func `only the origins that the operator has named receive CORS headers`() throws {
    let open = try TestClient(
      ChatFixture { $0.origins = [Origin(header: "https://app.example"), Origin(header: "http://b.example:8080")].compactMap { $0 } }.chat)
    let allowed = open.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example")
    #expect(allowed.header("Access-Control-Allow-Origin") == "https://app.example" && allowed.header("Vary") == "Origin")
    #expect(allowed.header("Access-Control-Expose-Headers")?.contains("Link, Location, RateLimit, RateLimit-Policy") == true)
    let preflight = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=https://app.example")
    #expect(preflight.status == 204)
    #expect(preflight.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
    #expect(preflight.header("Access-Control-Allow-Headers")?.lowercased().contains("x-echochat") == false)
    for origin in [
      "https://app.example.evil", "https://evil.example", "http://app.example", "https://app.example:444", "null", "https://app.example/",
    ] {
      let response = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=" + origin)
      #expect(response.header("Access-Control-Allow-Origin") == nil && response.header("Vary") == "Origin", "\(origin)")
    }
    for origin in ["HTTPS://APP.EXAMPLE", "https://app.example:443"] {
      #expect(open.send("GET", "/api/v1", "HTTP_ORIGIN=" + origin).header("Access-Control-Allow-Origin") == "https://app.example")
    }
    #expect(client.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example").header("Access-Control-Allow-Origin") == nil)
  }
}
