// Which web pages may use the service from a browser: the same for REST and WebSocket.
public import HTTPSyntax

/// A browser sends the page's origin (RFC 6454) with every WebSocket handshake and every request to another origin, so a page of another
/// site cannot act as its visitor. Other clients send none.
public struct OriginPolicy: Sendable {
  private let listed: Set<Origin>
  /// Without a configured public URL the site is the requested host, over either scheme, since TLS may end in front of the programs.
  private let trustsHost: Bool

  /// The site's own URL and further origins.
  public init(publicURL: Origin?, origins: [Origin]) {
    listed = Set(origins + (publicURL.map { [$0] } ?? []))
    trustsHost = publicURL == nil
  }

  public var isEmpty: Bool { listed.isEmpty }

  /// The origin that a header names, if it is one of the settings.
  public func listed(_ header: String?) -> Origin? {
    guard !listed.isEmpty, let origin = header.flatMap(Origin.init(header:)), listed.contains(origin) else { return nil }
    return origin
  }

  /// The headers of CORS (fetch.spec.whatwg.org) for a request of this origin: of the answer to a preflight, or of any other. Bearer tokens
  /// only: cookies are neither sent (SameSite) nor allowed (no Allow-Credentials), and `X-EchoChat`, which the refresh cookie requires, is
  /// not among the headers that a page of another origin may send.
  public func corsHeaders(origin header: String?, isPreflight: Bool) -> [(StaticString, String)] {
    guard !isEmpty else { return [] }
    var headers: [(StaticString, String)] = [("Vary", "Origin")]
    guard let listed = listed(header) else { return headers }
    headers.append(("Access-Control-Allow-Origin", listed.text))
    if isPreflight {
      headers.append(("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"))
      headers.append(
        ("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Filename"))
      headers.append(("Access-Control-Max-Age", "600"))
    } else {
      headers.append(("Access-Control-Expose-Headers", Self.exposedHeaders))
    }
    return headers
  }

  /// Every header of a response that says something to a client, beside those that any page may read. nginx names them for the responses
  /// that it makes itself (echochat-server.conf).
  static let exposedHeaders =
    "Accept-Encoding, Allow, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"

  /// Whether a page may connect to `host`: one of the site itself or of a listed origin, and what is no page.
  public func admits(origin header: String?, host: String?) -> Bool {
    guard let header else { return true }
    guard let origin = Origin(header: header) else { return false }
    if listed.contains(origin) { return true }
    guard trustsHost, let host, origin.scheme == "http" || origin.scheme == "https" else { return false }
    return Origin(header: origin.scheme + "://" + host) == origin
  }

  /// Characters of a header in a line of the log.
  private static let loggedCharactersMax = 200

  /// The line of the log for a page that was refused: what it was, and what the operator can set.
  public static func refusal(of origin: String?, host: String?) -> String {
    func cut(_ text: String?) -> String { String((text ?? "").unicodeScalars.prefix(loggedCharactersMax).map(Character.init)) }
    return "a page of the origin \"\(cut(origin))\" is refused at the host \"\(cut(host))\": if it is the site's own, "
      + "set ECHOCHAT_PUBLIC_URL or have the proxy pass the header Host; if it is a friend, list it in ECHOCHAT_ORIGINS"
  }
}
