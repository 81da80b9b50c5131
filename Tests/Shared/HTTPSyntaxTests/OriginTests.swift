// Origins of pages, as operators and browsers write them.
import HTTPSyntax
import Testing

@Suite struct OriginTests {
  /// What an operator may write, and what a browser sends of it.
  static let spellings: [(url: String, text: String)] = [
    ("https://chat.example.org", "https://chat.example.org"),
    ("https://chat.example.org/", "https://chat.example.org"),
    ("https://chat.example.org//", "https://chat.example.org"),
    ("HTTPS://Chat.Example.ORG", "https://chat.example.org"),
    ("https://chat.example.org:443", "https://chat.example.org"),
    ("https://chat.example.org:443/", "https://chat.example.org"),
    ("https://chat.example.org:", "https://chat.example.org"),
    ("https://chat.example.org:00443", "https://chat.example.org"),
    ("https://chat.example.org:80", "https://chat.example.org:80"),
    ("http://chat.example.org:80", "http://chat.example.org"),
    ("http://chat.example.org:443", "http://chat.example.org:443"),
    ("http://localhost:5173", "http://localhost:5173"),
    ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ("https://a_b.example.org.", "https://a_b.example.org."),
    ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"),
    ("https://[2001:DB8::0:0:1]", "https://[2001:db8::1]"),
    ("https://[2001:db8:0:0:1:0:0:1]", "https://[2001:db8::1:0:0:1]"),
    ("https://[2001:db8:0:1:1:1:1:1]", "https://[2001:db8:0:1:1:1:1:1]"),
    ("https://[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]"),
    ("https://[::]", "https://[::]"),
    ("https://[1::]", "https://[1::]"),
    ("capacitor://localhost", "capacitor://localhost"),
    ("https://0x7g.1xyz", "https://0x7g.1xyz"),
    ("moz-extension://0b9c6e7a-3f5d-4c7e-9b3f-1a2b3c4d5e6f", "moz-extension://0b9c6e7a-3f5d-4c7e-9b3f-1a2b3c4d5e6f"),
  ]

  @Test(
    arguments: [
      ("https://chat.example.org", "chat.example.org", 443), ("http://localhost:5173", "localhost", 5173),
      ("http://[::1]:8080", "[::1]", 8080),
      ("https://[2001:db8::1]", "[2001:db8::1]", 443), ("http://127.0.0.1", "127.0.0.1", 80),
    ] as [(String, String, UInt16)])
  func `host and port are told apart`(url: String, host: String, port: UInt16) throws {
    let origin = try Origin(url: url)
    #expect(origin.host == host && origin.port == port)
  }

  @Test(arguments: spellings)
  func `spellings of one origin are equal, and its text is the browser's`(url: String, text: String) throws {
    let origin = try Origin(url: url)
    #expect(origin.text == text)
    #expect(Origin(header: text) == origin)
    #expect(try Origin(url: origin.text) == origin)
  }

  @Test(arguments: [
    "", "/", "*", "null", "chat.example.org", "//chat.example.org", "localhost:5173", "https:chat.example.org", "https:/chat.example.org",
    "https://", "https:///", "://chat.example.org", "1https://chat.example.org", "ht tp://chat.example.org",
    "https://*.example.org", "https://chat..example.org", "https://.example.org", "https://.", "https://chat example.org",
    "https://chat.example.org:0", "https://chat.example.org:65536", "https://chat.example.org:x", "https://chat.example.org:+1",
    "https://chat.example.org:99999999999999999999", "https://chat.example.org:443:443", "https://user@chat.example.org",
    "https://user:password@chat.example.org", "https://chat.example.org/chat", "https://chat.example.org/chat/",
    "https://chat.example.org?x",
    "https://chat.example.org#x", "https://chat.example.org\\x", "https://bücher.example", "https://chat.example.org\u{0}",
    "https://chat.example.org\n", "https://%63hat.example.org", "https://127.1", "https://127.0.0.01", "https://127.0.0.256",
    "https://1.2.3.4.5",
    "https://2130706433", "https://0x7f.1", "https://1.0X7f", "https://127.0.0.1.", "https://[::1", "https://::1", "https://[::1]x",
    "https://[:1]", "https://[1:2:3]",
    "https://[]",
    "https://[1::2::3]", "https://[1:2:3:4:5:6:7:8:9]", "https://[1:2:3:4:5:6:7::8]", "https://[12345::]", "https://[::1.2.3]",
    "https://[::1.2.3.4.5]", "https://[::1.2.3.999]", "https://[::+1]", "https://[fe80::1%eth0]", "wss://chat.example.org",
    "ws://chat.example.org", "file:///", "file://x", "data://x", "blob:https://chat.example.org", "javascript://x", "ftp://x",
    "https://chat.example.org https://other.example.org",
  ])
  func `what no page has as its origin is refused, with the reason`(text: String) {
    let error = #expect(throws: Origin.Malformed.self) { try Origin(url: text) }
    #expect(error?.reason.isEmpty == false)
    #expect(Origin(header: text) == nil)
  }

  @Test func `a host name of 253 bytes is the longest`() throws {
    let name = String(repeating: "a234567.", count: 31)
    #expect(try Origin(url: "https://\(name)abcde").authority.utf8.count == 253)
    #expect(throws: Origin.Malformed.self) { try Origin(url: "https://\(name)abcdef") }
  }

  @Test func `a browser sends no slash at the end`() {
    #expect(Origin(header: "https://chat.example.org/") == nil)
  }

  @Test func `no random text traps, and what is read is read the same again`() {
    let pieces = ["https", "://", "[", "]", ":", ".", "1", "0x", "a", "::", "/", "@", "ffff", "é", "%", "443", "127.0.0.1", "", "\u{301}"]
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<7 {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        text += pieces[Int(state >> 33) % pieces.count]
      }
      guard let origin = try? Origin(url: text) else { continue }
      #expect(Origin(header: origin.text) == origin, "\(text)")
    }
  }
}
