// The API from its client inwards: who is let in, and what she is told.

import Chat
import Domain
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

  @Test(
    "what the table calls open is open, all else asks who is there", arguments: Routes.table.map { "\($0.method.rawValue) \($0.template)" })
  func closedDoors(route: String) throws {
    let entry = try #require(Routes.table.first { "\($0.method.rawValue) \($0.template)" == route })
    let target = entry.template.replacing("{seq}", with: "1").replacing("{", with: "").replacing("}", with: "").replacing("_", with: "")
    let answer = client.send(entry.method.rawValue, target, json: "{}")
    if case .authenticated = entry.handler {
      #expect(answer.status == 401 && answer.code == "unauthenticated" && answer.header("WWW-Authenticate") == "Bearer")
    } else if entry.template != "/api/v1/auth/logout" {
      #expect(answer.status != 401)
    }
  }

  /// Asking for a parameter that the template does not have ends the process.
  @Test("every handler reads only parameters that its path has", arguments: Routes.table.map(\.description))
  func parameters(route: String) throws {
    let entry = try #require(Routes.table.first { $0.description == route })
    let target = entry.template.replacing("{seq}", with: "1").replacing("{", with: "").replacing("}", with: "").replacing("_", with: "")
    let everything = #"""
      {"content":"x","level":"all","read_seq":1,"role":"member","reason":"","kind":"group","name":"x","password":"wrong","username":"x",
      "old_password":"wrong","new_password":"also wrong","display_name":"x"}
      """#
    guard case .authenticated = entry.handler else { return }
    #expect(client.send(entry.method.rawValue, target, as: fixture.alice, json: everything).status < 500)
  }

  @Test("a refresh token, another's word or a token said twice opens nothing")
  func wrongKeys() {
    let path = "/api/v1/auth/me"
    #expect(client.send("GET", path, "HTTP_AUTHORIZATION=Bearer \(fixture.alice.signIn.refreshToken)").status == 401)
    #expect(client.send("GET", path, "HTTP_AUTHORIZATION=Basic YTpi").status == 401)
    #expect(client.send("GET", path, as: fixture.alice).status == 200)
    #expect(client.send("GET", path, as: fixture.alice, "HTTP_AUTHORIZATION=Bearer \(fixture.bob.signIn.accessToken)").status == 400)
    #expect(client.send("GET", path + "?token=" + fixture.alice.signIn.accessToken).status == 401)
  }

  @Test("HEAD is answered as GET is, OPTIONS with what may be done")
  func methods() {
    let path = "/api/v1/auth/me"
    #expect(client.send("HEAD", path, as: fixture.alice).tag == client.send("GET", path, as: fixture.alice).tag)
    let options = client.send("OPTIONS", path)
    #expect(options.status == 204 && options.header("Allow") == "GET, HEAD, OPTIONS")
    let brew = client.send("BREW", path)
    #expect(brew.status == 405 && brew.header("Allow") == "GET, HEAD, OPTIONS" && brew.code == "method_not_allowed")
  }

  @Test("a target without end is too long")
  func tooLong() {
    let answer = client.send("GET", "/api/v1/rooms?q=" + String(repeating: "a", count: Path.targetBytesMax), as: fixture.alice)
    #expect(answer.status == 414 && answer.code == "uri_too_long")
  }

  @Test("a body that is missing, of another kind, too large or cut off is refused, each in its own way")
  func bodies() {
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

  @Test("a page of a site that the operator named may ask, and no other's")
  func corsPolicy() {
    let open = TestClient(fixture.chat, origins: ["https://app.example"])
    let friend = open.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example")
    #expect(friend.header("Access-Control-Allow-Origin") == "https://app.example" && friend.header("Vary") == "Origin")
    let preflight = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=https://app.example")
    #expect(preflight.status == 204)
    #expect(preflight.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
    #expect(preflight.header("Access-Control-Allow-Headers")?.lowercased().contains("x-echochat") == false)
    for origin in [
      "https://app.example.evil", "https://evil.example", "http://app.example", "https://app.example:444", "null", "HTTPS://APP.EXAMPLE",
    ] {
      let stranger = open.send("OPTIONS", "/api/v1/rooms", "HTTP_ORIGIN=" + origin)
      #expect(stranger.header("Access-Control-Allow-Origin") == nil && stranger.header("Vary") == "Origin", "\(origin)")
    }
    #expect(client.send("GET", "/api/v1", "HTTP_ORIGIN=https://app.example").header("Access-Control-Allow-Origin") == nil)
  }
}
