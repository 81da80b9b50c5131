// E-mail verification and forgotten passwords over REST.
import Chat
import Configuration
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct EmailHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient

  init() throws {
    fixture = try ChatFixture { settings in
      settings.publicURL = try? Settings(environment: ["ECHOCHAT_PUBLIC_URL": "https://chat.example.org"]).publicURL
      settings.mail.serverFile = "/nowhere"
    }
    client = TestClient(fixture.chat)
  }

  private func post(_ path: String, _ json: String?, as user: TestUser? = nil) -> Response {
    client.send("POST", "/api/v1/auth/\(path)", as: user, json: json)
  }

  /// The token of the newest mail.
  private func token() throws -> String {
    let mail = try #require(try fixture.chat.dueMails(at: Timestamp(milliseconds: .max), limit: 100).last)
    return String(try #require(mail.fields[.link]?.split(separator: "=").last))
  }

  @Test func `an address is given, verified and shown`() throws {
    let change = #"{"email":"bob@example.org","password":"\#(TestUser.password)"}"#
    let pending = client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: change)
    #expect(pending.status == 200 && pending.json?["pending_email"]?.text == "bob@example.org")
    #expect(pending.json?["email"] == .null && pending.json?["email_verified"] == .bool(false))
    #expect(post("verify-email/resend", nil, as: fixture.bob).status == 202)
    let json = #"{"token":"\#(try token())"}"#
    #expect(post("verify-email", json).status == 204)
    #expect(post("verify-email", json).code == "invalid_field")
    let me = client.send("GET", "/api/v1/auth/me", as: fixture.bob)
    #expect(me.json?["email"]?.text == "bob@example.org" && me.json?["email_verified"] == .bool(true) && me.json?["pending_email"] == .null)
    #expect(client.send("GET", "/api/v1/users/\(fixture.bob.id)", as: fixture.alice).json?["email"] == nil)
    #expect(post("verify-email/resend", nil, as: fixture.bob).code == "conflict")
  }

  @Test func `an address and a name are changed together, and nothing if the address is refused`() throws {
    let wrong = #"{"email":"bob@example.org","password":"wrong password","display_name":"Bob B."}"#
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: wrong).code == "bad_credentials")
    #expect(client.send("GET", "/api/v1/users/me", as: fixture.bob).json?["display_name"]?.text == "bob")
    let right = #"{"email":"bob@example.org","password":"\#(TestUser.password)","display_name":"Bob B."}"#
    let response = client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: right)
    #expect(response.json?["display_name"]?.text == "Bob B." && response.json?["pending_email"]?.text == "bob@example.org")
    #expect(client.send("PATCH", "/api/v1/users/me", as: fixture.bob, json: "{}").json?["display_name"]?.text == "Bob B.")
  }

  @Test func `a forgotten password is answered alike for every address, and reset by the link`() throws {
    let signUp = #"{"username":"carol","password":"a long walk","email":"carol@example.org"}"#
    #expect(client.send("POST", "/api/v1/auth/register", json: signUp).status == 201)
    let unknown = post("password/forgot", #"{"email":"nobody@example.org"}"#)
    let known = post("password/forgot", #"{"email":"carol@example.org"}"#)
    #expect(known.status == 202 && known.body == Array("{}".utf8) && known.body == unknown.body && known.headText == unknown.headText)
    #expect(post("password/forgot", #"{"email":"nobody"}"#).code == "invalid_field")
    try fixture.chat.commit { _ in }
    let token = try token()
    #expect(post("password/reset", #"{"token":"\#(token)","password":"short"}"#).field == "password")
    #expect(post("password/reset", #"{"token":"\#(token)","password":"another long walk"}"#).status == 204)
    #expect(post("password/reset", #"{"token":"\#(token)","password":"another long walk"}"#).field == "token")
    #expect(post("login", #"{"username":"carol@example.org","password":"another long walk"}"#).status == 200)
  }

  @Test func `a missing field is named`() {
    #expect(post("verify-email", "{}").field == "token")
    #expect(post("password/forgot", "{}").field == "email")
    #expect(post("password/reset", #"{"token":"x"}"#).field == "password")
    #expect(post("verify-email/resend", nil).code == "unauthenticated")
  }
}

extension Response {
  /// The first invalid field of a problem document.
  fileprivate var field: String? {
    if case .array(let errors) = json?["errors"] { errors.first?["field"]?.text } else { nil }
  }
}
