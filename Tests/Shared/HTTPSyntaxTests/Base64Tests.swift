// Base64 and base64url: the RFC's vectors, and one spelling for each value.
import HTTPSyntax
import Testing

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `base64 writes the vectors of RFC 4648 section 10`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
  }

  @Test func `the alphabets differ in two characters`() {
    #expect(Base64.encode([0xfb, 0xff, 0xbf]) == "+/+/")
    #expect(Base64URL.encode([0xfb, 0xff, 0xbf]) == "-_-_")
    #expect(Base64URL.decode("-_-_") == [0xfb, 0xff, 0xbf])
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func `base64url writes and reads the same vectors without padding`(plain: String, encoded: String) {
    #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
    #expect(Base64URL.decode(encoded) == Array(plain.utf8))
  }

  @Test func `random bytes of every length come back as they were`() {
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
      let text = Base64URL.encode(bytes)
      #expect(Base64URL.decode(text) == bytes)
      #expect(text.utf8.count == (length * 4 + 2) / 3)
    }
  }

  @Test(arguments: [
    "Zg==", "Zg=", "Zm8=", "=", "Zm9v=", "Z", "Zm9vY",  // padding, and lengths that no bytes have
    " Zm9v", "Zm9v ", "Zm\n9v", "Zm9v\r\n", "Zm\t9v", "Zm 9v",  // white space
    "+/+/", "Zm9+", "Zm9/", "Zm9,", "Zm.v", "Zm*v", "Z\u{0}9v", "Zm9\u{7f}", "Zmé", "Ꮓm9v",  // other alphabets
  ])
  func `anything but strict base64url is rejected`(text: String) {
    #expect(Base64URL.decode("Zm9v") != nil)
    #expect(Base64URL.decode(text) == nil)
  }

  @Test func `trailing bits that are not zero are rejected, where a lenient decoder would ignore them`() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    #expect(alphabet.filter { Base64URL.decode("Z\($0)") != nil } == "AQgw")
    #expect(alphabet.filter { Base64URL.decode("Zm\($0)") != nil } == "AEIMQUYcgkosw048")
  }

  @Test func `no byte beyond the 64 is a digit`() {
    let digits = (0...255).filter { byte in
      let text: [UInt8] = [0x41, UInt8(byte), 0x41, 0x41]
      return Base64URL.decode(text.span) != nil
    }
    #expect(digits.count == 64)
  }
}
