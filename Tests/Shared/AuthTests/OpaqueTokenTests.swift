// A secret for the client and a hash for the database.

import HTTPSyntax
import Testing

@testable import Auth

@Suite struct OpaqueTokenTests {
  @Test func `the hash of a made token is the one to store, and is not the token`() {
    let (token, hash) = OpaqueToken.make()
    #expect(token.utf8.count == OpaqueToken.characters)
    #expect(hash.count == 32)
    #expect(OpaqueToken.hash(of: token) == hash)
    #expect(Base64URL.decode(token) != hash)
    #expect(OpaqueToken.make().hash != hash)
  }

  @Test func `the hash is SHA-256 of the 32 bytes, so that stored hashes outlive this code`() {
    #expect(
      OpaqueToken.hash(of: String(repeating: "A", count: 43)).map(Digest.hex)
        == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
  }

  @Test func `a string of another shape is no token`() {
    let token = String(repeating: "A", count: 43)
    #expect(OpaqueToken.hash(of: token) != nil)
    let others = [
      "", "A", String(token.dropLast()), token + "A", token + "=", String(token.dropLast()) + "B", String(token.dropLast()) + "+",
      " " + token.dropFirst(), String(token.dropLast()) + "\n", String(repeating: "é", count: 43), String(repeating: "A", count: 5000),
    ]
    for other in others { #expect(OpaqueToken.hash(of: other) == nil, "\(other)") }
  }
}
