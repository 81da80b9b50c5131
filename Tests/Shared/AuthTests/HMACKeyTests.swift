// The signature under every access token, against the standards' own vectors.

import HTTPSyntax
import Testing
import TestSupport

@testable import Auth

@Suite struct HMACKeyTests {
  @Test(
    arguments: [
      ([UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func `HMAC-SHA-256 gives the answers of RFC 4231`(key: [UInt8], message: [UInt8], expected: String) {
    let hmac = HMACKey(key)
    let code = hmac.authenticationCode(for: message)
    #expect(Digest.hex(code) == expected)
    #expect(hmac.isValidAuthenticationCode(code, for: message))
  }

  @Test func `the example token of RFC 7515 appendix A.1 has the signature printed there`() throws {
    let secret = try #require(Base64URL.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
    let signed = Array(
      """
      eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
      .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
      """.utf8)
    #expect(Base64URL.encode(HMACKey(secret).authenticationCode(for: signed)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
  }

  @Test func `a code that is shorter, longer or one bit off vouches for nothing`() {
    let hmac = HMACKey(Random.bytes(32))
    let message = Random.bytes(100)
    let code = hmac.authenticationCode(for: message)
    #expect(hmac.isValidAuthenticationCode(code, for: message))
    #expect(!hmac.isValidAuthenticationCode([], for: message))
    #expect(!hmac.isValidAuthenticationCode(Array(code.dropLast()), for: message))
    #expect(!hmac.isValidAuthenticationCode(code + [0], for: message))
    for bit in 0..<256 {
      var other = code
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!hmac.isValidAuthenticationCode(other, for: message))
    }
  }

  @Test func `one key signs for eight threads at once, and every code is right`() {
    let hmac = HMACKey(Random.bytes(32))
    let messages = (0..<8).map { [UInt8](repeating: UInt8($0), count: 40 * ($0 + 1)) }
    let codes = messages.map { hmac.authenticationCode(for: $0) }
    let wrong = Threads.run(8) { thread in
      (0..<5000).count { _ in !hmac.isValidAuthenticationCode(codes[thread], for: messages[thread]) }
    }
    #expect(wrong == Array(repeating: 0, count: 8))
  }
}

// Spans cannot be arguments within #expect.
extension HMACKey {
  fileprivate func authenticationCode(for message: [UInt8]) -> [UInt8] { authenticationCode(for: message.span) }
  fileprivate func isValidAuthenticationCode(_ code: [UInt8], for message: [UInt8]) -> Bool {
    isValidAuthenticationCode(code, for: message.span)
  }
}
