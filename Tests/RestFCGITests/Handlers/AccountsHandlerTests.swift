// Signing up, in and out through the door.

import Chat
import Configuration
import Domain
import Posix
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct AccountsHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
  }

  private static let form = "CONTENT_TYPE=application/x-www-form-urlencoded"

  private func logIn(form: String) -> Response {
    client.send("POST", "/api/v1/auth/login", body: .bytes(Array(form.utf8)), Self.form)
  }

  @Test("Carol signs up and gets her user and both tokens")
  func register() throws {
    let answer = client.send(
      "POST", "/api/v1/auth/register", json: #"{"username":"Carol","password":"a long walk","display_name":"Carol C."}"#)
    #expect(answer.status == 201)
    let grant = try #require(answer.json)
    #expect(grant["user"]?["username"]?.text == "carol" && grant["user"]?["display_name"]?.text == "Carol C.")
    #expect(grant["token_type"]?.text == "bearer" && grant["expires_in"]?.number == 900)
    #expect(grant["refresh_token"]?.text != nil)
    #expect(answer.header("Set-Cookie") == nil)
  }

  @Test("the password form of OAuth 2 opens as JSON does")
  func passwordForm() {
    let password = TestUser.password.replacing(" ", with: "+")
    #expect(logIn(form: "grant_type=password&username=alice&password=\(password)&scope=").status == 200)
    #expect(logIn(form: "username=alice&password=\(password)").status == 200)
    #expect(logIn(form: "username=alice&password=wrong+password").code == "bad_credentials")
  }

  @Test(
    "a form that lacks something or says it twice is refused",
    arguments: [
      "", "username=alice", "%", "username=%ff&password=%00", "&&&===", "username=a&username=b&password=c",
      "grant_type=x&username=a&password=b",
    ])
  func badForm(form: String) {
    let answer = logIn(form: form)
    #expect(answer.status == 400 || answer.status == 422)
  }

  @Test("a browser gets the refresh token only as a cookie, and refreshes and logs out with it")
  func cookie() throws {
    let login = client.send(
      "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"\#(TestUser.password)","refresh":"cookie"}"#)
    #expect(login.status == 200 && login.json?["refresh_token"] == nil)
    let cookie = try #require(login.header("Set-Cookie"))
    #expect(cookie.contains("; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=2592000") && !cookie.contains("Secure"))
    let brought = "HTTP_COOKIE=" + (cookie.split(separator: ";").first ?? "")

    #expect(client.send("POST", "/api/v1/auth/refresh", brought).status == 403)
    let refreshed = client.send("POST", "/api/v1/auth/refresh", json: "{}", brought, "HTTP_X_ECHOCHAT=1")
    #expect(refreshed.status == 200 && refreshed.json?["refresh_token"] == nil)
    let next = "HTTP_COOKIE=" + (refreshed.header("Set-Cookie")?.split(separator: ";").first ?? "")
    #expect(next != brought)

    let bearer = "HTTP_AUTHORIZATION=Bearer " + (refreshed.json?["access_token"]?.text ?? "")
    #expect(client.send("GET", "/api/v1/auth/me", bearer).status == 200)
    #expect(client.send("POST", "/api/v1/auth/logout", next).status == 403)
    let goodbye = client.send("POST", "/api/v1/auth/logout", next, "HTTP_X_ECHOCHAT=1")
    #expect(goodbye.status == 204 && goodbye.header("Set-Cookie")?.contains("Max-Age=0") == true)
    #expect(client.send("GET", "/api/v1/auth/me", bearer).status == 401)
  }

  @Test("behind https the cookie never travels in clear")
  func secureCookie() throws {
    let fixture = try ChatFixture { $0.publicURL = "https://chat.example" }
    let login = TestClient(fixture.chat).send(
      "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"\#(TestUser.password)","refresh":"cookie"}"#)
    #expect(login.header("Set-Cookie")?.hasSuffix("; Secure") == true)
  }

  @Test("who brings no refresh token is told what is missing; a browser without a cookie is just not signed in")
  func nothingToRefresh() {
    for body in [nil, "{}", #"{"refresh_token":null}"#] { #expect(client.send("POST", "/api/v1/auth/refresh", json: body).status == 422) }
    #expect(client.send("POST", "/api/v1/auth/refresh", json: "{}", "HTTP_X_ECHOCHAT=1").status == 401)
    #expect(client.send("POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"x","refresh":"elsewhere"}"#).status == 422)
  }

  @Test("Alice looks over her devices page by page and signs one out")
  func devices() throws {
    let phone = try fixture.logIn("alice")
    let tablet = try fixture.logIn("alice")
    var seen: [String?] = []
    var target: String? = "/api/v1/auth/sessions?limit=2"
    while let page = target {
      let answer = client.send("GET", page, as: phone)
      #expect(answer.status == 200)
      seen += answer.items("session_id").map { $0?.text }
      target = answer.json?["next_cursor"]?.text.map { "/api/v1/auth/sessions?limit=2&cursor=\($0)" }
    }
    #expect(seen.count == 3 && Set(seen).count == 3)
    #expect(client.send("DELETE", "/api/v1/auth/sessions/\(tablet.principal.sessionID.text)", as: phone).status == 204)
    #expect(client.send("GET", "/api/v1/auth/me", as: tablet).status == 401)
    #expect(client.send("DELETE", "/api/v1/auth/sessions/\(fixture.alice.principal.sessionID.text)", as: fixture.mallory).status == 404)
  }
}
