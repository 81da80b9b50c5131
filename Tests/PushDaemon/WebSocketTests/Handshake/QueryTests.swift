// The query of a request target.

import Testing
import WebSocket

@Suite struct QueryTests {
  private func parse(_ query: String) -> HandshakeParser.Progress {
    parsed(head("GET /ws?\(query) HTTP/1.1", ["Host: a"]))
  }

  @Test func `items are decoded once, and the first of a name wins`() throws {
    let request = try #require(parse("ticket=a%2Bb&since=42&room=&flag&x=1&x=2&=nameless&na%20me=s+%C3%A9&&eq=a=b&twice=%2541?/").request)
    #expect(request.path == "/ws")
    #expect(request.query("ticket") == "a+b")
    #expect(request.query("since") == "42")
    #expect(request.query("room") == "")
    #expect(request.query("flag") == "")
    #expect(request.query("x") == "1")
    #expect(request.query("") == "nameless")
    #expect(request.query("na me") == "s é")
    #expect(request.query("eq") == "a=b")
    #expect(request.query("twice") == "%41?/")
    #expect(request.query("absent") == nil)
    #expect(request.query("Since") == nil)
  }

  @Test(arguments: [
    "token=a&token=a", "ticket=a&x=1&ticket=b", "token=a&%74oken=b", "token&token", "x=%", "x=%4", "x=%4g", "x=%zz", "x=%00", "x=%0d%0a",
    "x=%7F", "x=%FF", "x=%C3", "x=%ED%A0%80", "%00=x",
  ])
  func `a query that can be misread is refused`(query: String) {
    #expect(parse(query).refusal?.status == 400)
  }

  @Test func `a query may have exactly 32 items`() {
    let items = (1...32).map { "x\($0)=y" }
    #expect(parse(items.joined(separator: "&")).request?.query("x32") == "y")
    #expect(parse((items + ["x33=y"]).joined(separator: "&")).refusal?.status == 400)
  }

  @Test func `the path stays raw`() {
    #expect(parsed(head("GET /ws/../%2e%2e/x HTTP/1.1", ["Host: a"])).request?.path == "/ws/../%2e%2e/x")
  }
}
