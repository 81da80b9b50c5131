// The Authorization header of a bearer.
import HTTPSyntax
import Testing

@Suite struct BearerTokenTests {
  private func token(_ value: String) -> String? { BearerToken.credentials(in: value.utf8).map { String(Substring($0)) } }

  @Test(arguments: ["Bearer abc.d-e_f", "bearer abc.d-e_f", "BEARER abc.d-e_f", "Bearer   abc.d-e_f", "Bearer abc.d-e_f \t"])
  func `the scheme may be in any case and white space does not count`(value: String) {
    #expect(token(value) == "abc.d-e_f")
  }

  @Test(arguments: ["", "Bearer", "Bearer ", "Bearer    ", "Basic YTpi", "abc", "Bearerabc", " Bearer abc"])
  func `another scheme or no credentials give none`(value: String) {
    #expect(token(value) == nil)
  }

  @Test func `token68 has letters, digits and seven other characters`() {
    #expect(BearerToken.isToken68("abcXYZ019-._~+/=".utf8))
    for text in ["a b", "a,b", "a\"b", "é", "a\u{0}"] { #expect(!BearerToken.isToken68(text.utf8)) }
  }
}
