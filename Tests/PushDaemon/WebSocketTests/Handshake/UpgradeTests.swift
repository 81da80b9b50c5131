// Which well-formed requests may become a WebSocket (RFC 6455 section 4.2.1).

import Testing
import WebSocket

@Suite struct UpgradeTests {
  private func refusal(_ bytes: [UInt8]) throws -> HandshakeError? {
    let request = try #require(parsed(bytes).request)
    do throws(HandshakeError) {
      _ = try request.upgrade()
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      [:], ["Upgrade": "WebSocket"], ["Upgrade": "h2c, websocket"], ["Connection": "keep-alive, Upgrade"], ["Connection": "UPGRADE"],
      ["Connection": ",, upgrade ,"], ["Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEC=="], ["Sec-WebSocket-Key": "//////////++++++++++//=="],
    ] as [[String: String?]])
  func `a proper handshake is granted`(changes: [String: String?]) throws {
    #expect(try refusal(upgradeHead(changing: changes)) == nil)
  }

  @Test(
    arguments: [
      (["Upgrade": nil], 400), (["Upgrade": "h2c"], 400), (["Upgrade": "websockets"], 400), (["Upgrade": "web socket"], 400),
      (["Connection": nil], 400), (["Connection": "close"], 400), (["Connection": "upgraded"], 400),
      (["Sec-WebSocket-Key": nil], 400), (["Sec-WebSocket-Key": ""], 400), (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ="], 400),
      (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ"], 400), (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQA="], 400),
      (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub2-jZQ=="], 400),
      (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="], 400),
      (["Sec-WebSocket-Version": nil], 400), (["Sec-WebSocket-Version": "8"], 426), (["Sec-WebSocket-Version": "14"], 426),
      (["Sec-WebSocket-Version": "13, 8"], 426), (["Sec-WebSocket-Version": ""], 426),
    ] as [([String: String?], Int)])
  func `an improper handshake is refused`(changes: [String: String?], status: Int) throws {
    #expect(try refusal(upgradeHead(changing: changes))?.status == status)
  }

  @Test(arguments: ["POST", "HEAD", "get", "OPTIONS", "PUT"])
  func `another method is refused with the one that is allowed`(method: String) throws {
    let refusal = try refusal(upgradeHead("\(method) /ws HTTP/1.1"))
    #expect(refusal?.status == 405)
    #expect(refusal?.headers == [HTTPHeader("Allow", "GET")])
  }

  @Test func `another version is refused with the one that is spoken`() throws {
    let refusal = try refusal(upgradeHead(changing: ["Sec-WebSocket-Version": "8"]))
    #expect(refusal?.headers.contains(HTTPHeader("Sec-WebSocket-Version", "13")) == true)
  }

  @Test func `subprotocols are read in order, from one line or several`() throws {
    let lines = ["Sec-WebSocket-Protocol: echochat.v1, bearer.abc.def", "Sec-WebSocket-Protocol: ,third"]
    let request = try #require(parsed(upgradeHead(adding: lines)).request)
    #expect(request.subprotocols == ["echochat.v1", "bearer.abc.def", "third"])
    #expect(try request.upgrade().subprotocols == request.subprotocols)
  }

  @Test(arguments: ["a b", "a, a", "a;b", "a/b", "\"a\""])
  func `a malformed list of subprotocols is refused`(list: String) throws {
    #expect(try refusal(upgradeHead(adding: ["Sec-WebSocket-Protocol: \(list)"]))?.status == 400)
  }
}
