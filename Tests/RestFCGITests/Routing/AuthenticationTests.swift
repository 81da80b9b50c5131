// Bearer tokens and the refresh cookie, as they stand in headers.

import Domain
import Testing

@testable import RestFCGI

@Suite struct AuthenticationTests {
  @Test(
    "the scheme may be written in any case", arguments: ["Bearer abc.d-e_f", "bearer abc.d-e_f", "BEARER abc.d-e_f", "Bearer   abc.d-e_f"])
  func bearer(header: String) {
    #expect(Authentication.token(in: header) == "abc.d-e_f")
  }

  @Test(
    "without a scheme of that name or without a token there is none",
    arguments: ["", "Bearer", "Bearer ", "Bearer    ", "Basic YTpi", "abc", "Bearerabc", " Bearer abc"])
  func none(header: String) {
    #expect(Authentication.token(in: header) == nil)
  }
}

@Suite struct RefreshCookieTests {
  @Test("the cookie is found among others, first come first served")
  func found() {
    #expect(RefreshCookie.token(in: "a=b; echochat_refresh=T0-k_n; c=d") == "T0-k_n")
    #expect(RefreshCookie.token(in: "echochat_refresh=one; echochat_refresh=two") == "one")
    #expect(RefreshCookie.token(in: "echochat_refresh=a=b") == "a=b")
  }

  @Test(
    "nothing else is taken for it",
    arguments: [nil, "", "echochat_refresh", "echochat_refresh=", "xechochat_refresh=a", "echochat_refreshx=a", "; ;;;=="])
  func none(header: String?) {
    #expect(RefreshCookie.token(in: header) == nil)
  }

  @Test("a request that another site provoked lacks our header and gets nowhere")
  func guarded() throws {
    let cookie = "HTTP_COOKIE=echochat_refresh=abc"
    let provoked = Request(FastCGIParameters([cookie]), body: .bytes([]))
    #expect(throws: ChatError.self) { try RefreshCookie.guardedToken(of: provoked) }
    let ours = Request(FastCGIParameters([cookie, "HTTP_X_ECHOCHAT=1"]), body: .bytes([]))
    #expect(try RefreshCookie.guardedToken(of: ours) == "abc")
    #expect(try RefreshCookie.guardedToken(of: Request(FastCGIParameters([]), body: .bytes([]))) == nil)
  }
}
