// The signature under every access token, against the standards' own vectors.

import Testing

@testable import Auth

@Suite struct HMACKeyTests {
  @Test(
    "HMAC-SHA-256 gives the answers of RFC 4231",
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
  func rfc4231(key: [UInt8], message: [UInt8], expected: String) {
    let hmac = HMACKey(key)
    let code = hmac.code(for: message)
    #expect(Digest.hex(code) == expected)
    #expect(hmac.vouches(for: message, with: code))
  }

  @Test("the example token of RFC 7515 appendix A.1 has the signature printed there")
  func rfc7515() throws {
    let secret = try #require(Base64URL.decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
    let signed = Array(
      """
      eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
      .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
      """.utf8)
    #expect(Base64URL.encode(HMACKey(secret).code(for: signed)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
  }

  @Test("a code that is shorter, longer or one bit off vouches for nothing")
  func wrongCodes() {
    let hmac = HMACKey(Random.bytes(32))
    let message = Random.bytes(100)
    let code = hmac.code(for: message)
    #expect(hmac.vouches(for: message, with: code))
    #expect(!hmac.vouches(for: message, with: []))
    #expect(!hmac.vouches(for: message, with: Array(code.dropLast())))
    #expect(!hmac.vouches(for: message, with: code + [0]))
    for bit in 0..<256 {
      var other = code
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!hmac.vouches(for: message, with: other))
    }
  }

  @Test("one key signs for eight threads at once, and every code is right")
  func threads() {
    let hmac = HMACKey(Random.bytes(32))
    let messages = (0..<8).map { [UInt8](repeating: UInt8($0), count: 40 * ($0 + 1)) }
    let codes = messages.map { hmac.code(for: $0) }
    let wrong = Threads.run(8) { thread in
      (0..<5000).count { _ in !hmac.vouches(for: messages[thread], with: codes[thread]) }
    }
    #expect(wrong == Array(repeating: 0, count: 8))
  }
}

// Spans cannot be arguments within #expect.
extension HMACKey {
  fileprivate func code(for message: [UInt8]) -> [UInt8] { code(for: message.span) }
  fileprivate func vouches(for message: [UInt8], with code: [UInt8]) -> Bool { vouches(for: message.span, with: code) }
}
