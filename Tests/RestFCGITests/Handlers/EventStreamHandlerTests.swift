// The event stream behind an nginx that does not pass it to the push daemon.
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct EventStreamHandlerTests {
  @Test func `a request for events that reaches the worker is told which file of nginx is old`() throws {
    let fixture = try ChatFixture()
    let client = TestClient(fixture.chat)
    let response = client.send("GET", "/api/v1/events")
    #expect(response.status == 503 && response.json?["detail"]?.text?.contains("echochat-server.conf") == true)
    #expect(client.send("POST", "/api/v1/events").header("Allow") == "GET, HEAD, OPTIONS")
  }
}
