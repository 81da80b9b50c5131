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
    switch entry.handler {
    case .authenticated, .operators:
      #expect(response.status == 401 && response.code == "unauthenticated" && response.header("WWW-Authenticate") == "Bearer")
    case .public where entry.template == "/api/v1/auth/logout": break
    case .public: #expect(response.status != 401)
    }
  }

  /// Asking for a parameter that the template does not have ends the process.
  @Test(arguments: Routes.table.map(\.description))
  func `every handler reads only parameters that its path has`(route: String) throws {
    _ = try fixture.chat.setOperator(true, .username("alice"), by: .tests)
    let entry = try #require(Routes.table.first { $0.description == route })
    let target = entry.template.replacing("{seq}", with: "1").replacing("{", with: "").replacing("}", with: "").replacing("_", with: "")
    let everything = #"""
      {"content":"x","level":"all","read_seq":1,"role":"member","reason":"","kind":"group","name":"x","password":"wrong","username":"x",
      "old_password":"wrong","new_password":"also wrong","display_name":"x"}
      """#
    if case .public = entry.handler { return }
    #expect(client.send(entry.method.rawValue, target, as: fixture.alice, json: everything).status < 500)
  }

  @Test func `requests are counted by their status and route, and refusals by their code`() {
    for path in ["/api/v1/auth/me", "/api/v1/rooms", "/nowhere", "/api/v1/auth/me"] { _ = client.send("GET", path, as: fixture.alice) }
    let lines = MetricFamily.text(client.metrics.read()).split(separator: "\n")
    for line in [
      "echochat_http_requests_total{status=\"200\"} 3", "echochat_http_requests_total{status=\"404\"} 1",
      "echochat_http_requests_total{status=\"500\"} 0", "echochat_http_request_seconds_count{status=\"2xx\"} 3",
      "echochat_http_route_requests_total{method=\"GET\",route=\"/api/v1/auth/me\"} 2",
      "echochat_refusals_total{program=\"test\",code=\"not_found\"} 1", "echochat_refusals_total{program=\"test\",code=\"busy\"} 0",
    ] { #expect(lines.contains { $0 == line }, "\(line)") }
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

  @Test(arguments: ["gzip", "GZIP", "br", "deflate", "identity, gzip", "x", "gzip;q=1", ","])
  func `a body in a coding is refused, and the answer says what is accepted`(coding: String) {
    for (method, path) in [("POST", "/api/v1/rooms"), ("POST", "/api/v1/auth/login"), ("GET", "/api/v1/rooms")] {
      let response = client.send(method, path, as: fixture.alice, json: "{}", "HTTP_CONTENT_ENCODING=\(coding)")
      if coding == "," {
        #expect(response.status != 415)
      } else {
        #expect(response.status == 415 && response.code == "unsupported_content_encoding", "\(method) \(path)")
        #expect(response.header("Accept-Encoding") == "identity")
      }
    }
  }

  @Test(arguments: ["", "identity", "Identity", "identity, identity"])
  func `a body without a coding is read`(coding: String) {
    let response = client.send(
      "POST", "/api/v1/rooms", as: fixture.alice, json: #"{"kind":"group","name":"x"}"#, "HTTP_CONTENT_ENCODING=\(coding)")
    #expect(response.status == 201)
  }

  @Test(arguments: ["/api/v1/nowhere", "/api/v1/rooms/", "/api/v1//rooms", "/api/v2/rooms", "/nowhere", "/api/v1/rooms/x/y/z"])
  func `a path of no route names the documents, one of a thing that is hidden does not`(path: String) {
    for user in [nil, fixture.alice] {
      let response = client.send("GET", path, as: user)
      #expect(response.status == 404 && response.code == "not_found" && response.json?["detail"]?.text?.contains("/docs") == true)
    }
    let hidden = client.send("GET", "/api/v1/rooms/nosuchroom", as: fixture.alice)
    #expect(hidden.status == 404 && hidden.code == "not_found" && hidden.json?["detail"]?.text?.contains("/docs") == false)
  }

  /// Every field that is a number, over REST.
  static let numbers: [(method: String, path: String, field: String)] = [
    ("POST", "/api/v1/rooms/R/invites", "expires_in"), ("POST", "/api/v1/rooms/R/invites", "uses"),
    ("POST", "/api/v1/rooms/R/messages", "reply_to"), ("PUT", "/api/v1/rooms/R/markers", "delivered_seq"),
    ("PUT", "/api/v1/rooms/R/markers", "preview_seq"), ("PUT", "/api/v1/rooms/R/markers", "read_seq"),
  ]

  @Test(arguments: numbers)
  func `a number that does not fit is refused with its field`(method: String, path: String, field: String) throws {
    let room = try fixture.lobby()
    for (number, code) in [
      ("1e400", "range"), ("-1e400", "range"), ("99999999999999999999", "range"), ("9223372036854775808", "range"), ("1.5", "format"),
      ("1e-400", "format"), ("\"1\"", "type"), ("[]", "type"), ("true", "type"),
    ] {
      let response = client.send(
        method, path.replacing("R", with: room), as: fixture.alice, json: #"{"content":"x","\#(field)":\#(number)}"#)
      #expect(response.status == 422 && response.code == "invalid_field", "\(number)")
      guard case .array(let errors)? = response.json?["errors"] else {
        Issue.record("\(number): no errors")
        continue
      }
      #expect(errors.map { $0["field"]?.text } == [field] && errors.map { $0["code"]?.text } == [code], "\(number)")
    }
  }

  private static let account = ["username": "\"carol\"", "password": "\"a long walk\""]
  private static let change = ["old_password": "\"x\"", "new_password": "\"a long walk\""]
  private static let room = ["kind": "\"group\"", "name": "\"x\""]

  /// Every field that is text or a list, or true or false, with the others of its request.
  static let fields: [(method: String, path: String, others: [String: String], field: String)] = [
    ("POST", "/api/v1/auth/register", account, "username"), ("POST", "/api/v1/auth/register", account, "password"),
    ("POST", "/api/v1/auth/register", account, "email"), ("POST", "/api/v1/auth/register", account, "display_name"),
    ("POST", "/api/v1/auth/login", account, "username"), ("POST", "/api/v1/auth/login", account, "password"),
    ("POST", "/api/v1/auth/refresh", [:], "refresh_token"), ("POST", "/api/v1/auth/password/change", change, "old_password"),
    ("POST", "/api/v1/auth/password/change", change, "new_password"), ("DELETE", "/api/v1/users/me", [:], "password"),
    ("PATCH", "/api/v1/users/me", [:], "display_name"), ("PATCH", "/api/v1/users/me", [:], "status_text"),
    ("PATCH", "/api/v1/users/me", [:], "hide_read_receipts"), ("PATCH", "/api/v1/users/me/preferences", [:], "added_by"),
    ("POST", "/api/v1/rooms", room, "kind"), ("POST", "/api/v1/rooms", room, "name"), ("POST", "/api/v1/rooms", room, "topic"),
    ("POST", "/api/v1/rooms", room, "members"), ("PATCH", "/api/v1/rooms/R", [:], "name"), ("PATCH", "/api/v1/rooms/R", [:], "topic"),
    ("POST", "/api/v1/rooms/R/messages", ["content": "\"x\""], "content"),
    ("POST", "/api/v1/rooms/R/messages", ["content": "\"x\""], "client_id"), ("PATCH", "/api/v1/rooms/R/messages/1", [:], "content"),
    ("POST", "/api/v1/rooms/R/messages/1/report", [:], "reason"), ("PUT", "/api/v1/rooms/R/notify", [:], "level"),
    ("PUT", "/api/v1/rooms/R/notify", [:], "muted_until"),
  ]

  @Test(arguments: fields)
  func `a number where none is wanted, and text that is refused, name their field`(
    method: String, path: String, others: [String: String], field: String
  ) throws {
    let room = try fixture.lobby()
    let marks = "\"e" + String(repeating: "\u{301}", count: 200) + "\""
    for value in ["1e400", "-1e400", "99999999999999999999", "1.5", "-0", "\"\\ud800\"", marks] {
      let members = others.merging([field: value]) { $1 }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
      let response = client.send(method, path.replacing("R", with: room), as: fixture.alice, json: "{\(members)}")
      #expect(response.status == 422 && response.code == "invalid_field", "\(field) \(value.prefix(20))")
      guard case .array(let errors)? = response.json?["errors"] else {
        Issue.record("\(field) \(value.prefix(20)): no errors")
        continue
      }
      #expect(errors.first?["field"]?.text == field, "\(field) \(value.prefix(20))")
    }
  }

  @Test func `an emoji with too many combining marks in the path is refused with its field`() throws {
    let target = "/api/v1/rooms/\(try fixture.lobby())/messages/1/reactions/e" + String(repeating: "%CC%81", count: 200)
    let response = client.send("PUT", target, as: fixture.alice)
    guard response.status == 422, case .array(let errors)? = response.json?["errors"] else {
      Issue.record("\(response.status)")
      return
    }
    #expect(errors.first?["field"]?.text == "emoji")
    #expect(client.send("GET", "/api/v1/nowhere/e" + String(repeating: "%CC%81", count: 200)).status == 404)
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
