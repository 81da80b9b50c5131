// Bearer tokens in the Authorization header.

import Domain
import Testing

@testable import RestFCGI

@Suite struct AuthenticationTests {
  @Test(arguments: ["Bearer abc.d-e_f", "bearer abc.d-e_f", "BEARER abc.d-e_f", "Bearer   abc.d-e_f"])
  func `the scheme is matched in any case`(header: String) {
    #expect(Authentication.token(in: header) == "abc.d-e_f")
  }

  @Test(arguments: ["", "Bearer", "Bearer ", "Bearer    ", "Basic YTpi", "abc", "Bearerabc", " Bearer abc"])
  func `without the Bearer scheme or without a token there is no token`(header: String) {
    #expect(Authentication.token(in: header) == nil)
  }
}
