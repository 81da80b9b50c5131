// The names that devices have in the list.
import Domain
import Testing

@Suite struct UserAgentTests {
  private static let cases: [(String, String)] = [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on macOS"),
    ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "Firefox on Android"),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15",
      "Firefox on iPhone"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
      "Chrome on Windows"
    ),
    (
      "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
      "Chrome on ChromeOS"
    ),
    (
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
      "Chrome on Android"
    ),
    (
      "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1",
      "Chrome on iPad"
    ),
    (
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
      "Chrome on Linux"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
      "Edge on Windows"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0",
      "Opera on Windows"
    ),
    (
      "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
      "Samsung Internet on Android"
    ),
    (
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
      "Safari on macOS"
    ),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      "Safari on iPhone"
    ),
    (
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15 Epiphany/605.1.15",
      "GNOME Web on Linux"
    ),
    ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
    (
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Element/1.11 Chrome/130.0.0.0 Electron/33.0.0 Safari/537.36",
      "Desktop app on Linux"
    ),
    ("curl/8.5.0", "curl"), ("python-requests/2.32.3", "python-requests"), ("python-httpx/0.28.1", "python-httpx"),
    ("okhttp/4.12.0", "okhttp"),
    ("EchoChat-App/1.2 (iPhone; iOS 18.1)", "EchoChat-App on iPhone"), ("Dart/3.5 (dart:io)", "Dart"),
    ("MyApp/1 CFNetwork/1568.200.51 Darwin/24.1.0", "MyApp on macOS"),
    ("Mozilla/5.0 (X11; FreeBSD amd64)", "Browser on FreeBSD"), ("Mozilla/5.0", "Unknown device"), ("", "Unknown device"),
    ("   ", "Unknown device"), ("/1.0", "Unknown device"), ("12345", "Unknown device"), ("<script>alert(1)</script>", "Unknown device"),
    ("💥/1.0", "Unknown device"), (String(repeating: "a", count: 200), String(repeating: "a", count: 32)),
  ]

  @Test(arguments: cases)
  func `a header names its device`(_ header: String, _ name: String) {
    #expect(UserAgent.name(of: header) == name)
  }

  @Test func `the name that a client gives its device counts, and is checked`() throws {
    let device = try Device(userAgent: "curl/8.5.0", name: "  Alice's phone ", address: nil)
    #expect(device.name == "Alice's phone")
    for name in ["", " ", "\u{200b}", "a\nb", String(repeating: "x", count: 65), "e" + String(repeating: "\u{301}", count: 150)] {
      #expect(throws: ChatError.self, "\(name)") { try Device(userAgent: "", name: name, address: nil) }
    }
  }
}
