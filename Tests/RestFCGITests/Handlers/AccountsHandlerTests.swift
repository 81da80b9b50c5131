// Registration, login and refresh over REST.

import Chat
import Configuration
import Domain
import HTTPSyntax
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

  @Test func `registration returns the user and both tokens`() throws {
    let response = client.send(
      "POST", "/api/v1/auth/register", json: #"{"username":"Carol","password":"a long walk","display_name":"Carol C."}"#)
    #expect(response.status == 201)
    let grant = try #require(response.json)
    #expect(grant["user"]?["username"]?.text == "carol" && grant["user"]?["display_name"]?.text == "Carol C.")
    #expect(grant["token_type"]?.text == "bearer" && grant["expires_in"]?.number == 900)
    #expect(grant["refresh_token"]?.text != nil)
    #expect(response.header("Set-Cookie") == nil)
  }

  @Test func `the password form of OAuth 2 logs in like JSON`() {
    let password = TestUser.password.replacing(" ", with: "+")
    #expect(logIn(form: "grant_type=password&username=alice&password=\(password)&scope=").status == 200)
    #expect(logIn(form: "username=alice&password=\(password)").status == 200)
    #expect(logIn(form: "username=alice&password=wrong+password").code == "bad_credentials")
  }

  @Test(arguments: [
    "", "username=alice", "%", "username=%ff&password=%00", "&&&===", "username=a&username=b&password=c",
    "grant_type=x&username=a&password=b",
  ])
  func `a form with a missing or repeated field is refused`(form: String) {
    let response = logIn(form: form)
    #expect(response.status == 400 || response.status == 422)
  }

  @Test func `a browser receives the refresh token as a cookie only, and refreshes and logs out with it`() throws {
    let login = client.send(
      "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"\#(TestUser.password)","refresh":"cookie"}"#,
      "HTTP_X_ECHOCHAT=1")
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

  @Test func `without the header X-EchoChat no door sets or clears the cookie, and nothing is done`() throws {
    let password = TestUser.password.replacing(" ", with: "+")
    let refused = [
      client.send(
        "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"\#(TestUser.password)","refresh":"cookie"}"#),
      client.send("POST", "/api/v1/auth/register", json: #"{"username":"carol","password":"a long walk","refresh":"cookie"}"#),
      logIn(form: "grant_type=password&username=alice&password=\(password)&refresh=cookie"),
      client.send(
        "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"x","refresh":"cookie"}"#, "HTTP_X_ECHOCHAT=0"),
    ]
    for response in refused {
      #expect(response.status == 403 && response.code == "forbidden" && response.header("Set-Cookie") == nil)
      #expect(response.json?["detail"]?.text?.contains("X-EchoChat") == true)
    }
    #expect(try fixture.chat.sessions(of: fixture.alice.principal).count == 1)
    #expect(client.send("POST", "/api/v1/auth/login", json: #"{"username":"carol","password":"a long walk"}"#).status == 401)

    let goodbye = client.send("POST", "/api/v1/auth/logout", as: fixture.alice, "HTTP_COOKIE=echochat_refresh=abc")
    #expect(goodbye.status == 204 && goodbye.header("Set-Cookie") == nil)
  }

  @Test func `behind https the cookie is Secure`() throws {
    let fixture = try ChatFixture { $0.publicURL = Origin(header: "https://chat.example") }
    let login = TestClient(fixture.chat).send(
      "POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"\#(TestUser.password)","refresh":"cookie"}"#,
      "HTTP_X_ECHOCHAT=1")
    #expect(login.header("Set-Cookie")?.hasSuffix("; Secure") == true)
  }

  @Test func `without a refresh token the field is missing; a browser without a cookie is not signed in`() {
    for body in [nil, "{}", #"{"refresh_token":null}"#] { #expect(client.send("POST", "/api/v1/auth/refresh", json: body).status == 422) }
    #expect(client.send("POST", "/api/v1/auth/refresh", json: "{}", "HTTP_X_ECHOCHAT=1").status == 401)
    #expect(client.send("POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"x","refresh":"elsewhere"}"#).status == 422)
  }
}
