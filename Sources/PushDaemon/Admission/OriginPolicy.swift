// Which web pages may open a WebSocket.

/// A browser sends the page's origin (RFC 6454) with every handshake, so another site's page cannot connect as its visitor. Other clients send
/// none.
struct OriginPolicy: Sendable {
  private let allowed: Set<String>
  /// Without a configured public URL the site is the requested host, over either scheme, since TLS may end in front of the daemon.
  private let trustsHost: Bool

  /// The site's own URL and further origins; a trailing slash and letter case do not matter.
  init(publicURL: String, origins: [String]) {
    allowed = Set(([publicURL] + origins).map(Self.origin).filter { !$0.isEmpty })
    trustsHost = publicURL.isEmpty
  }

  /// Exact comparison: the site's own origin or a listed one.
  func admits(origin: String?, host: String?) -> Bool {
    guard let origin else { return true }
    // An origin is ASCII (RFC 6454 section 6.2). Anything else is not compared, which could take milliseconds: see `CombiningMarkLimit`.
    guard origin.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    let asked = origin.lowercased()
    if allowed.contains(asked) { return true }
    guard trustsHost, let host = host?.lowercased() else { return false }
    return asked == "http://" + host || asked == "https://" + host
  }

  /// Scheme, host and port of a URL.
  private static func origin(_ url: String) -> String {
    let text = url.lowercased()
    guard let scheme = text.firstIndex(of: ":"), text[scheme...].hasPrefix("://") else { return text }
    let host = text.index(scheme, offsetBy: 3)
    return String(text[..<(text[host...].firstIndex(of: "/") ?? text.endIndex)])
  }
}
