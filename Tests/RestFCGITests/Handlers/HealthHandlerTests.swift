// Readiness over REST: the store can be written to, and the daemon answers.
import Chat
import Posix
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct HealthHandlerTests {
  @Test(arguments: [(true, true, 200), (true, false, 503), (false, true, 503)])
  func `the service is ready when its store and its daemon are`(isWatched: Bool, isDaemonUp: Bool, status: Int) throws {
    let fixture = try ChatFixture()
    if isWatched { try fixture.chat.startHealthChecks(readers: 1) }
    let client = TestClient(fixture.chat, isDaemonUp: CachedAnswer { isDaemonUp })
    let response = client.send("GET", "/readyz")
    #expect(response.status == status)
    if status == 503 { #expect(response.code == "unavailable" && response.header("Retry-After") == "1") }
    #expect(client.send("GET", "/healthz").status == 200)
    #expect(client.send("GET", "/health").body == client.send("GET", "/healthz").body)
    if isWatched { fixture.chat.stopHealthChecks() }
  }

  @Test func `while a hung daemon is asked, others are answered at once`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.startHealthChecks(readers: 1)
    let state = Condition((isAsked: false, isReleased: false))
    let client = TestClient(
      fixture.chat,
      isDaemonUp: CachedAnswer {
        state.update { $0.isAsked = true }
        return state.wait { $0.isReleased ? true : nil } ?? false
      })
    let asking = Thread(name: "asking") { _ = client.send("GET", "/readyz") }
    _ = state.wait { $0.isAsked ? true : nil }
    for _ in 0..<250 { #expect(client.send("GET", "/readyz").status == 503) }
    state.update { $0.isReleased = true }
    asking.join()
    fixture.chat.stopHealthChecks()
  }
}
