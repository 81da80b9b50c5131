// One spelling for each value, and none besides.

import Testing

@testable import Auth

@Suite struct Base64URLTests {
  @Test(
    "the vectors of RFC 4648 section 10, without their padding, go both ways",
    arguments: [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, encoded: String) {
    #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
    #expect(Base64URL.decode(encoded) == Array(plain.utf8))
  }

  @Test("the two characters that differ from plain base64 are minus and underscore")
  func alphabet() {
    #expect(Base64URL.encode([0xfb, 0xff, 0xbf]) == "-_-_")
    #expect(Base64URL.decode("-_-_") == [0xfb, 0xff, 0xbf])
  }

  @Test("random bytes of every length come back as they were")
  func roundTrip() {
    for length in 0..<300 {
      let bytes = Random.bytes(length)
      let text = Base64URL.encode(bytes)
      #expect(Base64URL.decode(text) == bytes)
      #expect(text.utf8.count == (length * 4 + 2) / 3)
    }
  }

  @Test(
    "what is not strict base64url is refused",
    arguments: [
      "Zg==", "Zg=", "Zm8=", "=", "Zm9v=", "Z", "Zm9vY",  // padding, and lengths that no bytes have
      " Zm9v", "Zm9v ", "Zm\n9v", "Zm9v\r\n", "Zm\t9v", "Zm 9v",  // white space
      "+/+/", "Zm9+", "Zm9/", "Zm9,", "Zm.v", "Zm*v", "Z\u{0}9v", "Zm9\u{7f}", "Zmé", "Ꮓm9v",  // other alphabets
    ])
  func refused(text: String) {
    #expect(Base64URL.decode("Zm9v") != nil)
    #expect(Base64URL.decode(text) == nil)
  }

  @Test("of the spellings whose last bits are ignored by lax decoders only the one with zeros is read")
  func trailingBits() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    #expect(alphabet.filter { Base64URL.decode("Z\($0)") != nil } == "AQgw")
    #expect(alphabet.filter { Base64URL.decode("Zm\($0)") != nil } == "AEIMQUYcgkosw048")
  }

  @Test("no byte beyond the 64 is a digit")
  func bytes() {
    let digits = (0...255).filter { byte in
      let text: [UInt8] = [0x41, UInt8(byte), 0x41, 0x41]
      return Base64URL.decode(text.span) != nil
    }
    #expect(digits.count == 64)
  }
}
