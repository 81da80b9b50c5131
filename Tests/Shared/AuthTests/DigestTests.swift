// Hashes against their standards' own vectors.

import Testing
import TestSupport

@testable import Auth

@Suite struct DigestTests {
  @Test(
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func `SHA-256 gives the answers of FIPS 180-4`(message: String, expected: String) {
    #expect(Digest.hex(Digest.sha256(Array(message.utf8))) == expected)
  }

  @Test(
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ])
  func `SHA-1 gives the answers of RFC 3174`(message: String, expected: String) {
    #expect(Digest.hex(Digest.sha1(Array(message.utf8))) == expected)
  }

  @Test func `SHA-1 of the handshake key in RFC 6455 section 1.3 is the one printed there`() {
    let hash = Digest.sha1(Array("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
    #expect(Digest.hex(hash) == "b37a4f2cc0624f1690f64606cf385945b2bec4ea")
  }

  @Test func `the fingerprint is the first eight bytes, big-endian, sign and all`() {
    #expect(Digest.sha256Prefix64(Array("abc".utf8)) == Int64(bitPattern: 0xba78_16bf_8f01_cfea))
    #expect(Digest.sha256Prefix64(Array("abc".utf8)) < 0)
    #expect(Digest.sha256Prefix64(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)) == 0x248d_6a61_d206_38b8)
  }

  @Test func `hexadecimal has two lowercase digits for every byte`() {
    #expect(Digest.hex([]) == "")
    #expect(Digest.hex([0x00, 0x0f, 0xa0, 0xff]) == "000fa0ff")
  }

  @Test func `equal means the same length and the same bytes`() {
    let bytes = Random.bytes(32)
    #expect(Digest.equal(bytes, bytes))
    #expect(Digest.equal([], []))
    #expect(!Digest.equal(bytes, Array(bytes.dropLast())))
    #expect(!Digest.equal(Array(bytes.dropLast()), bytes))
    for position in bytes.indices {
      var other = bytes
      other[position] ^= 1
      #expect(!Digest.equal(bytes, other))
    }
  }

  @Test func `threads that hash at once all get the right answer`() {
    let wrong = Threads.run(8) { thread in
      let message = [UInt8](repeating: UInt8(thread), count: 300)
      let expected = Digest.sha256(message)
      return (0..<2000).count { _ in Digest.sha256(message) != expected }
    }
    #expect(wrong == Array(repeating: 0, count: 8))
  }
}
