// Rooms over REST.
import Chat
import Domain
import TestSupport
import Testing

@testable import RestFCGI

@Suite struct RoomsHandlerTests {
  private let fixture: ChatFixture
  private let client: TestClient
  private let lobby: String

  init() throws {
    fixture = try ChatFixture()
    client = TestClient(fixture.chat)
    lobby = try fixture.room("Book club", .group, by: fixture.alice, with: [fixture.bob])
  }

  @Test func `lists are read page by page, each item once`() throws {
    for number in 1...5 { _ = try fixture.room("R\(number)", .public, by: fixture.alice) }
    for (path, name, count) in [
      ("/api/v1/rooms", "room_id", 6), ("/api/v1/rooms/public", "room_id", 5), ("/api/v1/rooms/\(lobby)/members", "role", 2),
    ] {
      var seen: [String?] = []
      var target: String? = path + "?limit=1"
      while let page = target {
        let response = client.send("GET", page, as: fixture.alice)
        #expect(response.status == 200 && response.items(name).count == 1)
        seen += response.items(name).map { $0?.text }
        target = response.json?["next_cursor"]?.text.map { "\(path)?limit=1&cursor=\($0)" }
        #expect(response.header("Link") == target.map { "<\($0)>; rel=\"next\"" })
      }
      #expect(seen.count == count && Set(seen).count == count, "\(path)")
    }
  }

  @Test func `a room of others looks to Mallory as if it did not exist`() throws {
    try fixture.post("private", in: lobby, by: fixture.alice)
    let calls: [(String, String, String?)] = [
      ("GET", "", nil), ("PATCH", "", #"{"name":"x"}"#), ("GET", "/members", nil), ("GET", "/messages", nil), ("GET", "/messages/1", nil),
      ("POST", "/messages", #"{"content":"x"}"#), ("PATCH", "/messages/1", #"{"content":"x"}"#), ("DELETE", "/messages/1", nil),
      ("POST", "/join", nil),
      ("POST", "/leave", nil), ("PUT", "/members/\(fixture.mallory.id)", #"{"role":"member"}"#),
      ("DELETE", "/members/\(fixture.bob.id)", nil),
    ]
    for (method, rest, body) in calls {
      let foreign = client.send(method, "/api/v1/rooms/\(lobby)\(rest)", as: fixture.mallory, json: body)
      let unknown = client.send(method, "/api/v1/rooms/doesNotExist\(rest)", as: fixture.mallory, json: body)
      #expect(foreign.status == 404 && foreign.body == unknown.body && foreign.headText == unknown.headText, "\(method) \(rest)")
    }
  }
}
