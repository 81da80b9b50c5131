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

  private func send(_ path: String, form: String) -> Response {
    client.send("POST", "/api/v1/auth/" + path, body: .bytes(Array(form.utf8)), Self.form)
  }

  @Test func `the form of OAuth 2 refreshes like JSON`() throws {
    let token = fixture.alice.signIn.refreshToken
    let refreshed = send("refresh", form: "grant_type=refresh_token&refresh_token=\(token)&client_id=app&client_secret=x&scope=a+b")
    #expect(refreshed.status == 200 && refreshed.json?["token_type"]?.text == "bearer")
    let next = try #require(refreshed.json?["refresh_token"]?.text)
    #expect(send("refresh", form: "refresh_token=" + next).status == 200)
  }

  @Test(arguments: [
    ("login", "grant_type=password&username=alice&password=wrong", 401, "invalid_grant"),
    ("login", "grant_type=client_credentials&client_id=a", 422, "unsupported_grant_type"),
    ("login", "grant_type=password&username=alice", 422, "invalid_request"),
    ("login", "username=a&username=b&password=c", 400, "invalid_request"),
    ("login", "grant_type=password&username=alice&password=x&refresh=cookie", 403, "invalid_request"),
    ("refresh", "grant_type=refresh_token&refresh_token=x", 401, "invalid_grant"),
    ("refresh", "grant_type=password&refresh_token=x", 422, "unsupported_grant_type"),
    ("refresh", "grant_type=refresh_token", 422, "invalid_request"),
    ("revoke", "token_type_hint=refresh_token", 422, "invalid_request"),
    ("revoke?x=%", "token=x", 400, "invalid_request"),
  ]) func `a refusal bears the words of OAuth 2 beside those of a problem`(path: String, form: String, status: Int, error: String) throws {
    let response = send(path, form: form)
    #expect(response.status == status && response.json?["error"]?.text == error && response.json?["code"]?.text != nil)
    #expect(response.json?["error_description"]?.text == response.json?["detail"]?.text)
  }

  @Test func `refusals of JSON and of wrong methods bear the words, too, and those of other paths do not`() {
    #expect(client.send("POST", "/api/v1/auth/login", json: "{}").json?["error"]?.text == "invalid_request")
    #expect(client.send("GET", "/api/v1/auth/login").json?["error"]?.text == "invalid_request")
    #expect(client.send("POST", "/api/v1/auth/register", json: "{}").json?["error"] == nil)
    #expect(client.send("POST", "/api/v1/auth/refreshed", json: "{}").json?["error"] == nil)
  }

  @Test func `a revoked token ends its session; every other token gets the same answer`() throws {
    let phone = try fixture.logIn("alice")
    let bearer = "HTTP_AUTHORIZATION=Bearer \(phone.signIn.accessToken)"
    let unknown = send("revoke", form: "token=unknown&token_type_hint=access_token")
    #expect(unknown.status == 200 && client.send("GET", "/api/v1/auth/me", bearer).status == 200)
    let revoked = send("revoke", form: "token=\(phone.signIn.refreshToken)&token_type_hint=refresh_token&client_id=x")
    #expect(revoked.status == 200 && revoked.body == unknown.body && client.send("GET", "/api/v1/auth/me", bearer).status == 401)
    #expect(send("revoke", form: "token=" + phone.signIn.refreshToken).status == 200)
    #expect(client.send("POST", "/api/v1/auth/revoke", json: #"{"token":"\#(fixture.alice.signIn.accessToken)"}"#).status == 200)
    #expect(client.send("GET", "/api/v1/auth/me", as: fixture.alice).status == 401)
  }

  @Test func `an e-mail address is enough to register and to log in, and a name stands for the display name`() {
    let account = #""email":"Carol.J@example.org","password":"a long walk""#
    let registered = client.send("POST", "/api/v1/auth/register", json: "{\(account),\"name\":\"Carol J.\"}")
    #expect(registered.status == 201 && registered.json?["user"]?["username"]?.text == "carol.j")
    #expect(registered.json?["user"]?["display_name"]?.text == "Carol J.")
    let id = registered.json?["user"]?["user_id"]?.text ?? ""
    #expect(registered.header("Location") == "/api/v1/users/" + id)
    #expect(client.send("POST", "/api/v1/auth/login", json: "{\(account)}").status == 200)
    #expect(send("login", form: "email=carol.j%40example.org&password=a+long+walk").status == 200)
    let dave = client.send(
      "POST", "/api/v1/auth/register", json: #"{"username":"dave","password":"a long walk","name":"a","display_name":"b"}"#)
    #expect(dave.json?["user"]?["display_name"]?.text == "b")
    for path in ["register", "login"] {
      let missing = client.send("POST", "/api/v1/auth/" + path, json: #"{"password":"a long walk"}"#)
      #expect(
        missing.status == 422 && missing.code == "invalid_field" && String(decoding: missing.body, as: UTF8.self).contains("username"))
    }
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

  @Test func `who has no refresh token is not signed in; a body without one lacks the field`() {
    #expect(client.send("POST", "/api/v1/auth/refresh").status == 204)
    #expect(client.send("POST", "/api/v1/auth/refresh", Self.form).status == 204)
    #expect(client.send("POST", "/api/v1/auth/refresh", "HTTP_X_ECHOCHAT=1").status == 204)
    #expect(client.send("POST", "/api/v1/auth/refresh", json: "{}", "HTTP_X_ECHOCHAT=1").status == 204)
    for body in ["{}", #"{"refresh_token":null}"#] { #expect(client.send("POST", "/api/v1/auth/refresh", json: body).status == 422) }
    #expect(client.send("POST", "/api/v1/auth/login", json: #"{"username":"alice","password":"x","refresh":"elsewhere"}"#).status == 422)
  }
}
