// Authentication, methods and bodies of requests.

import Chat
import Configuration
import Domain
import Posix
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct ResponderTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
  }

  @Test(arguments: Routes.table.map { "\($0.method.rawValue) \($0.template)" })
  func `public routes need no token, all others do`(route: String) throws {
    let entry = try #require(Routes.table.first { "\($0.method.rawValue) \($0.template)" == route })
    let target = entry.template.replacing("{seq}", with: "1").replacing("{", with: "").replacing("}", with: "").replacing("_", with: "")
    let response = client.send(entry.method.rawValue, target, json: "{}")
    if case .authenticated = entry.handler {
      #expect(response.status == 401 && response.code == "unauthenticated" && response.header("WWW-Authenticate") == "Bearer")
    } else if entry.template != "/api/v1/auth/logout" {
      #expect(response.status != 401)
    }
  }

  /// Asking for a parameter that the template does not have ends the process.
  @Test(arguments: Routes.table.map(\.description))
  func `every handler reads only parameters that its path has`(route: String) throws {
    let entry = try #require(Routes.table.first { $0.description == route })
    let target = entry.template.replacing("{seq}", with: "1").replacing("{", with: "").replacing("}", with: "").replacing("_", with: "")
    let everything = #"""
      {"content":"x","level":"all","read_seq":1,"role":"member","reason":"","kind":"group","name":"x","password":"wrong","username":"x",
      "old_password":"wrong","new_password":"also wrong","display_name":"x"}
      """#
    guard case .authenticated = entry.handler else { return }
    #expect(client.send(entry.method.rawValue, target, as: fixture.alice, json: everything).status < 500)
  }

  @Test func `requests are counted by the class of their status`() {
    for path in ["/api/v1/auth/me", "/api/v1/rooms", "/nowhere"] { _ = client.send("GET", path, as: fixture.alice) }
    let counters = client.metrics.read().filter { $0.name.hasPrefix("echochat_rest_requests_total") }.map(\.value)
    #expect(counters == [.counter(2), .counter(0), .counter(1), .counter(0)])
  }

  @Test func `a refresh token, another scheme, two tokens or a token in the query do not authenticate`() {
    let path = "/api/v1/auth/me"
    #expect(client.send("GET", path, "HTTP_AUTHORIZATION=Bearer \(fixture.alice.signIn.refreshToken)").status == 401)
    #expect(client.send("GET", path, "HTTP_AUTHORIZATION=Basic YTpi").status == 401)
    #expect(client.send("GET", path, as: fixture.alice).status == 200)
    #expect(client.send("GET", path, as: fixture.alice, "HTTP_AUTHORIZATION=Bearer \(fixture.bob.signIn.accessToken)").status == 400)
    #expect(client.send("GET", path + "?token=" + fixture.alice.signIn.accessToken).status == 401)
  }

  @Test func `HEAD is handled as GET, OPTIONS lists the methods`() {
    let path = "/api/v1/auth/me"
    #expect(client.send("HEAD", path, as: fixture.alice).tag == client.send("GET", path, as: fixture.alice).tag)
    let options = client.send("OPTIONS", path)
    #expect(options.status == 204 && options.header("Allow") == "GET, HEAD, OPTIONS")
    let brew = client.send("BREW", path)
    #expect(brew.status == 405 && brew.header("Allow") == "GET, HEAD, OPTIONS" && brew.code == "method_not_allowed")
  }

  @Test func `a target beyond the limit is refused with 414`() {
    let response = client.send("GET", "/api/v1/rooms?q=" + String(repeating: "a", count: Path.targetBytesMax), as: fixture.alice)
    #expect(response.status == 414 && response.code == "uri_too_long")
  }

  @Test func `a body that is missing, of another type, too large or cut off is refused, each with its own code`() {
    func post(_ body: Request.Body?, _ more: String) -> Response {
      client.send("POST", "/api/v1/rooms", as: fixture.alice, body: body, more)
    }
    #expect(post(.bytes([]), "CONTENT_TYPE=application/json").code == "malformed_json")
    #expect(post(.bytes(Array("{}".utf8)), "CONTENT_TYPE=text/plain").code == "unsupported_media_type")
    #expect(post(.bytes(Array("{}".utf8)), "CONTENT_TYPE=application/x-www-form-urlencoded").code == "unsupported_media_type")
    #expect(post(.bytes(Array("{}".utf8)), "X=").code == "unsupported_media_type")
    #expect(post(.tooLarge, "CONTENT_TYPE=application/json").status == 413)
    #expect(post(.broken, "CONTENT_TYPE=application/json").status == 400)
    #expect(post(.bytes(Array("[".utf8)), "CONTENT_TYPE=application/json").code == "malformed_json")
    #expect(post(.bytes(Array("{}".utf8)), "CONTENT_TYPE=application/json").code == "invalid_field")
  }

  @Test func `changing requests of a user are counted together, reading ones are not`() throws {
    let fixture = try ChatFixture { $0.commandRate = RateLimit(count: 3, windowMilliseconds: 10_000) }
    let client = TestClient(fixture.chat)
    for _ in 0..<10 { #expect(client.send("GET", "/api/v1/auth/me", as: fixture.alice).status == 200) }
    for target in ["/api/v1/auth/ws-ticket", "/api/v1/auth/ws-ticket", "/api/v1/rooms/none/join"] {
      #expect(client.send("POST", target, as: fixture.alice).code != "rate_limited")
    }
    let refused = client.send("POST", "/api/v1/auth/ws-ticket", as: fixture.alice)
    #expect(refused.status == 429 && refused.json?["limit"]?.text == "commands" && refused.header("Retry-After") != nil)
    #expect(client.send("POST", "/api/v1/auth/ws-ticket", as: fixture.bob).status == 200)
    #expect(client.send("GET", "/api/v1/auth/me", as: fixture.alice).status == 200)
  }
}
