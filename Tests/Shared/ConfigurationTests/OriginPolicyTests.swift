// Which pages may open a WebSocket and use the API.
import Configuration
import HTTPSyntax
import Testing

@Suite struct OriginPolicyTests {
  private let policy: OriginPolicy

  init() throws {
    policy = try Settings(environment: [
      "ECHOCHAT_PUBLIC_URL": "https://Chat.example.org:443/",
      "ECHOCHAT_ORIGINS": "https://www.example.com, http://localhost:3000/ HTTPS://Upper.Example capacitor://localhost",
    ]).originPolicy
  }

  /// Forms of an origin, as they arrive with the host that was asked for.
  static let forms: [(origin: String?, host: String?, isAdmitted: Bool)] = [
    (nil, "chat.example.org", true),
    ("https://chat.example.org", "internal:8080", true),
    ("HTTPS://CHAT.EXAMPLE.ORG", "internal:8080", true),
    ("https://www.example.com", "chat.example.org", true),
    ("http://localhost:3000", "chat.example.org", true),
    ("https://upper.example", "chat.example.org", true),
    ("https://upper.example:443", "chat.example.org", true),
    ("capacitor://localhost", "chat.example.org", true),
    ("ionic://localhost", "chat.example.org", false),
    ("http://127.0.0.1:8080", "127.0.0.1:8080", false),
    ("https://rebound.evil.test", "rebound.evil.test", false),
    ("http://chat.example.org", nil, false),
    ("http://chat.example.org", "chat.example.org", false),
    ("http://www.example.com", "chat.example.org", false),
    ("https://chat.example.org.evil.test", "chat.example.org", false),
    ("https://evil.test/https://chat.example.org", "chat.example.org", false),
    ("https://chat.example.org/", "internal", false),
    ("https://chat.example.org:8443", "internal", false),
    ("https://sub.chat.example.org", "chat.example.org", false),
    ("https://evilchat.example.org", "chat.example.org", false),
    ("null", "chat.example.org", false),
    ("", "chat.example.org", false),
    ("file://", "chat.example.org", false),
    ("https://chat.example.org@evil.test", "chat.example.org", false),
    ("https://chat.example.org https://evil.test", "chat.example.org", false),
    ("http://localhost:30000", "chat.example.org", false),
    ("ws://chat.example.org", "chat.example.org", false),
    ("http://", "", false),
  ]

  @Test(arguments: forms)
  func `a page is admitted if its origin is the site's own or a listed one, and by nothing that looks like it`(
    origin: String?, host: String?, isAdmitted: Bool
  ) {
    #expect(policy.admits(origin: origin, host: host) == isAdmitted)
  }

  @Test func `without a public URL the host that was asked for is the site's own, over either scheme`() {
    let bare = OriginPolicy(publicURL: nil, origins: [Origin(header: "https://www.example.com")].compactMap { $0 })
    for origin in ["http://chat.local:8080", "https://chat.local:8080", "HTTP://Chat.Local:8080", "https://www.example.com"] {
      #expect(bare.admits(origin: origin, host: "Chat.local:8080"))
    }
    for origin in ["", "null", "http://other.local", "http://", "http://chat.local", "http://chat.local:8080/", "ws://chat.local:8080"] {
      #expect(!bare.admits(origin: origin, host: "chat.local:8080"), "\(origin)")
    }
    #expect(!bare.admits(origin: "", host: nil))
    for (origin, host) in [("https://chat.local", "chat.local:443"), ("http://chat.local:80", "CHAT.local"), ("http://[::1]", "[0::1]:80")]
    {
      #expect(bare.admits(origin: origin, host: host), "\(origin) \(host)")
    }
    for (origin, host) in [
      ("https://chat.local", "chat.local:80"), ("http://chat.local", "chat.local:443"), ("capacitor://localhost", "localhost"),
    ] {
      #expect(!bare.admits(origin: origin, host: host), "\(origin) \(host)")
    }
  }

  @Test(arguments: forms)
  func `the API allows exactly the listed origins to read its answers`(origin: String?, host: String?, isAdmitted: Bool) {
    #expect((policy.listed(origin) != nil) == (isAdmitted && origin != nil))
  }

  @Test func `what is logged of a page that was refused names origin, host and settings, and is bounded`() {
    let line = OriginPolicy.refusal(of: "https://evil.test", host: "chat.local:8080")
    for part in ["https://evil.test", "chat.local:8080", "ECHOCHAT_PUBLIC_URL", "ECHOCHAT_ORIGINS"] { #expect(line.contains(part)) }
    let marks = "e" + String(repeating: "\u{301}", count: 8000)
    #expect(OriginPolicy.refusal(of: marks, host: marks).utf8.count < 1500)
  }
}
