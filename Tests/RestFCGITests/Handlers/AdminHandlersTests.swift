// The operator's work over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct AdminHandlersTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private static let base = "/api/v1/admin"

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    _ = try fixture.chat.setOperator(true, .username("alice"), by: .tests)
  }

  private func send(_ method: String, _ path: String, json: String? = nil, as user: TestUser? = nil, _ more: String...) -> Response {
    if let key = more.first {
      return client.send(method, Self.base + path, as: user ?? fixture.alice, json: json, "HTTP_IDEMPOTENCY_KEY=\(key)")
    }
    return client.send(method, Self.base + path, as: user ?? fixture.alice, json: json)
  }

  private func routes() -> [(method: String, path: String)] {
    Routes.table.filter { $0.template.hasPrefix(Self.base) }.map { route in
      let path = route.template.dropFirst(Self.base.count).split(separator: "/").map { segment in
        switch segment {
        case "{user_id}": fixture.bob.id
        case "{seq}": "1"
        case let segment where segment.hasPrefix("{"): "x"
        default: String(segment)
        }
      }
      return (route.method.rawValue, "/" + path.joined(separator: "/"))
    }
  }

  @Test func `to everybody else it does not exist, whatever is wrong with the request`() throws {
    #expect(routes().count > 20)
    for (method, path) in routes() {
      for json in [nil, "{", "{\"username\": 7}"] {
        let refused = send(method, path, json: json, as: fixture.mallory)
        #expect(refused.status == 404 && refused.code == "not_found", "\(method) \(path)")
        #expect(refused.body == send(method, "/users/nosuchuser", as: fixture.mallory).body || method == "POST" || method == "PUT")
      }
      #expect(client.send(method, Self.base + path).status == 401)
    }
  }

  @Test func `an operator whose flag or session is taken away gets nothing more`() throws {
    #expect(send("GET", "/users").status == 200)
    _ = try fixture.chat.setOperator(false, .username("alice"), by: .tests)
    #expect(send("GET", "/users").status == 404)
    _ = try fixture.chat.setOperator(true, .username("alice"), by: .tests)
    #expect(send("GET", "/users").status == 200)
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(send("GET", "/users").status == 401)
  }

  @Test func `accounts are made, listed page by page, renamed, marked, suspended and deleted`() throws {
    let made = send("POST", "/users", json: #"{"username": "Help", "email": "help@example.org", "operator": true}"#, "k")
    let id = try #require(made.json?["user_id"]?.text)
    #expect(made.status == 201 && made.json?["operator"] == .bool(true) && made.header("Location") == "\(Self.base)/users/\(id)")
    let again = send("POST", "/users", json: #"{"username": "Help", "email": "help@example.org", "operator": true}"#, "k")
    #expect(again.status == 200 && again.json?["user_id"]?.text == id)
    #expect(send("POST", "/users", json: #"{"username": "help"}"#).code == "username_taken")
    let first = send("GET", "/users?limit=3")
    #expect(first.items("username").compactMap { $0?.text } == ["alice", "bob", "mallory"])
    let cursor = try #require(first.json?["next_cursor"]?.text)
    #expect(send("GET", "/users?cursor=\(cursor)").items("email") == [.string("help@example.org")])
    #expect(send("GET", "/rooms?cursor=\(cursor)").status == 422)
    #expect(send("PATCH", "/users/\(id)", json: #"{"username": "support"}"#).json?["username"] == .string("support"))
    for (method, path, member, value) in [
      ("DELETE", "operator", "operator", JSONValue.bool(false)), ("PUT", "operator", "operator", .bool(true)),
      ("PUT", "suspension", "operator", .bool(false)), ("DELETE", "suspension", "suspended_at", .null),
    ] {
      for _ in 1...2 { #expect(send(method, "/users/\(id)/\(path)").status == 204) }
      #expect(send("GET", "/users/\(id)").json?[member] == value)
    }
    #expect(send("DELETE", "/users/\(id)").status == 204)
    #expect(send("DELETE", "/users/\(id)").status == 404)
    #expect(send("GET", "/users/support").status == 404, "by id alone")
  }

  @Test func `a password that is set signs out everywhere, and sessions are ended`() throws {
    let bob = fixture.bob
    #expect(send("GET", "/users/\(bob.id)/sessions").items("session_id") == [.string(bob.principal.sessionID.text)])
    #expect(send("PUT", "/users/\(bob.id)/password", json: #"{"password": "another long walk"}"#).status == 204)
    #expect(client.send("GET", "/api/v1/auth/me", as: bob).status == 401)
    #expect(send("PUT", "/users/\(bob.id)/password", json: #"{"password": "x"}"#).status == 422)
    let (phone, tablet) = (try fixture.logIn("bob", password: "another long walk"), try fixture.logIn("bob", password: "another long walk"))
    #expect(send("DELETE", "/users/\(bob.id)/sessions/\(phone.principal.sessionID.text)").status == 204)
    #expect(client.send("GET", "/api/v1/auth/me", as: phone).status == 401)
    #expect(send("DELETE", "/users/\(bob.id)/sessions/\(phone.principal.sessionID.text)").status == 404)
    let ended = send("DELETE", "/users/\(bob.id)/sessions")
    #expect(ended.status == 200 && ended.json?["ended"] == .integer(1))
    #expect(client.send("GET", "/api/v1/auth/me", as: tablet).status == 401)
    let own = send("GET", "/users/\(fixture.alice.id)/sessions")
    #expect(own.items("current") == [.bool(true)])
  }

  @Test func `rooms, messages and reports`() throws {
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("rude", in: lobby, by: fixture.bob)
    _ = try fixture.chat.report(1, in: lobby, reason: "rude", by: fixture.alice.principal)
    #expect(send("GET", "/rooms").items("default") == [.bool(false)])
    #expect(send("GET", "/rooms/\(lobby)").json?["member_count"] == .integer(2))
    #expect(send("GET", "/rooms/\(lobby)/members?limit=1").items("role") == [.string("owner")])
    #expect(send("PATCH", "/rooms/\(lobby)", json: #"{"name": "News", "topic": "Today"}"#).json?["topic"] == .string("Today"))
    #expect(send("GET", "/reports").items("room_id") == [.string(lobby)])
    #expect(send("GET", "/rooms/\(lobby)/messages/1").json?["content"] == .string("rude"))
    #expect(send("DELETE", "/rooms/\(lobby)/messages/1").json?["deleted"] == .bool(true))
    #expect(send("DELETE", "/rooms/\(lobby)/reports/1").status == 204)
    #expect(send("DELETE", "/rooms/\(lobby)/reports/1").status == 404)
    let said = send("POST", "/rooms/\(lobby)/messages", json: #"{"content": "Be nice"}"#, "k")
    #expect(said.status == 201 && said.json?["username"] == .string("system"))
    #expect(send("POST", "/rooms/\(lobby)/messages", json: #"{"content": "Be nice"}"#, "k").status == 200)
    let asBob = send("POST", "/rooms/\(lobby)/messages", json: #"{"content": "Sorry", "user_id": "\#(fixture.bob.id)"}"#)
    #expect(asBob.json?["username"] == .string("bob"))
    #expect(send("POST", "/rooms/\(lobby)/messages", json: #"{"content": "x", "user_id": "\#(fixture.mallory.id)"}"#).status == 409)
    #expect(send("DELETE", "/rooms/\(lobby)").status == 204)
    #expect(send("GET", "/rooms/\(lobby)").status == 404)
  }

  @Test func `registration codes`() throws {
    let made = send("POST", "/registration-codes", json: #"{"uses": 3, "expires_in": 3600}"#)
    let code = try #require(made.json?["code"]?.text)
    #expect(made.status == 201 && made.json?["uses_left"] == .integer(3) && made.json?["created_by"] == .string(fixture.alice.id))
    #expect(send("POST", "/registration-codes").json?["uses_left"] == .integer(1))
    #expect(send("POST", "/registration-codes", json: #"{"uses": 0}"#).status == 422)
    #expect(send("GET", "/registration-codes?limit=1").items("code") == [.string(code)])
    #expect(send("DELETE", "/registration-codes/\(code)").status == 204)
    #expect(send("DELETE", "/registration-codes/\(code)").status == 404)
  }

  @Test func `the service says who may register`() {
    #expect(client.send("GET", "/api/v1").json?["registration"] == .string("open"))
  }
}
