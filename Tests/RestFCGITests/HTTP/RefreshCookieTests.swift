// The cookie that holds the refresh token.
import Domain
import Testing

@testable import RestFCGI

@Suite struct RefreshCookieTests {
  @Test func `the cookie is found among others; the first one counts`() {
    #expect(RefreshCookie.token(in: "a=b; echochat_refresh=T0-k_n; c=d") == "T0-k_n")
    #expect(RefreshCookie.token(in: "echochat_refresh=one; echochat_refresh=two") == "one")
    #expect(RefreshCookie.token(in: "echochat_refresh=a=b") == "a=b")
  }

  @Test(arguments: [nil, "", "echochat_refresh", "echochat_refresh=", "xechochat_refresh=a", "echochat_refreshx=a", "; ;;;=="])
  func `nothing else is taken for the cookie`(header: String?) {
    #expect(RefreshCookie.token(in: header) == nil)
  }

  @Test func `a cookie without the header X-EchoChat is refused`() throws {
    let cookie = "HTTP_COOKIE=echochat_refresh=abc"
    let provoked = Request(FastCGIParameters([cookie]), body: .bytes([]))
    #expect(throws: ChatError.self) { try RefreshCookie.guardedToken(of: provoked) }
    let ours = Request(FastCGIParameters([cookie, "HTTP_X_ECHOCHAT=1"]), body: .bytes([]))
    #expect(try RefreshCookie.guardedToken(of: ours) == "abc")
    #expect(try RefreshCookie.guardedToken(of: Request(FastCGIParameters([]), body: .bytes([]))) == nil)
  }
}
