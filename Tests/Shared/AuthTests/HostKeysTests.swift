// The file of a host application's keys: what is refused at start, and what a change of it does.

import Glibc
import HTTPSyntax
import Testing

@testable import Auth

@Suite struct HostKeysTests {
  let folder = TemporaryFolder()
  static let text = "correct horse battery staple and more"
  static let ec = HostTokenTests.vectors[1].set

  private func tokens(_ name: String, ring: KeyRing = .ephemeral(), ownKeysPath: String = "/nonexistent") throws -> HostTokens {
    try HostTokens(
      keysAt: "\(folder.path)/\(name)", issuer: "https://intranet.example", audience: "chat",
      own: try AccessTokenIssuer(ring: ring, issuer: "i", audience: "a"), ownKeysPath: ownKeysPath)
  }

  private func error(_ name: String, _ text: String, ring: KeyRing = .ephemeral()) -> String? {
    folder.write(name, text)
    do {
      _ = try tokens(name, ring: ring)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func token(secret: String, expiresAt: Int = 1900) -> String {
    let claims = HostTokenTests.claims.replacing("1900", with: "\(expiresAt)")
    return ForgedTokenTests.signed(HostTokenTests.header, claims, secret: Array(secret.utf8))
  }

  @Test func `a secret is used as it is, without the line break at its end`() throws {
    folder.write("secret", Self.text + "\n")
    let tokens = try tokens("secret")
    #expect(tokens.summary == "1 key of https://intranet.example: HS256")
    #expect(try tokens.verify(Self.token(secret: Self.text), nowSeconds: 1500).subject == "4711")
    #expect(throws: TokenError.invalid(.wrongSignature)) { try tokens.verify(Self.token(secret: Self.text + "\n"), nowSeconds: 1500) }
  }

  @Test func `what is no secret, is known to others or is a placeholder is refused`() throws {
    #expect(error("secret", Self.text) == nil, "the control")
    for (text, word) in [
      ("short", "32 to 1024 bytes"), (String(repeating: "x", count: 40), "placeholder"), (String(repeating: Self.text, count: 40), "bytes"),
      (Self.ec, "public key"), ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n", "public key"),
      ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKqP3 alice@example", "public key"),
    ] {
      let sentence = try #require(self.error("secret", text))
      #expect(sentence.contains(word), "\(sentence)")
    }
    chmod("\(folder.path)/secret", 0o644)
    folder.write("secret", Self.text)
    chmod("\(folder.path)/secret", 0o640)
    #expect(throws: HostKeysError.self) { try tokens("secret") }
  }

  @Test func `our own keys are never a host application's`() throws {
    let ours = SigningKey(name: "ours", secret: Array(Self.text.utf8))
    let ring = KeyRing(keys: [SigningKey(name: "new", secret: Random.bytes(32)), ours])
    #expect(error("secret", Self.text) == nil, "the control")
    #expect(try #require(error("secret", Self.text, ring: ring)).contains("own keys"))
    // HMAC fills a short key up with zeros, so this is the same key.
    #expect(try #require(error("secret", Self.text + "\0", ring: ring)).contains("own keys"))
    let named = Self.ec.replacing(#""kty""#, with: #""kid":"ours","kty""#)
    #expect(error("set.json", named) == nil, "the control")
    #expect(try #require(error("set.json", named, ring: ring)).contains("ours"))
    folder.write("keys", "\(Random.id()) \(Random.secret())\n")
    #expect(throws: HostKeysError.self) { try tokens("keys", ownKeysPath: folder.path + "/keys") }
  }

  static let faultySets = [
    ("{}", "Key Set"), (#"{"keys":{}}"#, "Key Set"), (#"{"keys":[]}"#, "no key"), (#"{"keys":[7]}"#, "key 1"),
    (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "secret"), (ec.replacing(#""x":"#, with: #""d":"AA","x":"#), "secret"),
    (ec.replacing("f83O", with: "f83P"), "libcrypto"), (ec.replacing("f83O", with: ""), "32 bytes"),
    (ec.replacing("f83O", with: "f8+O"), "base64url"),
    (ec.replacing("P-256", with: "P-384"), "no key"), (ec.replacing(#""kty""#, with: #""use":"enc","kty""#), "no key"),
    (ec.replacing(#""kty""#, with: #""alg":"ES384","kty""#), "no key"),
    (ec.replacing(#""kty""#, with: #""key_ops":["sign"],"kty""#), "no key"),
    (ec.replacing(#""kty""#, with: #""kid":7,"kty""#), "kid"), (ec.replacing(#""kty""#, with: #""kty":"EC","kty""#), "Key Set"),
    (HostTokenTests.vectors[0].set.replacing("AQAB", with: "Aw"), "exponent"),
    (HostTokenTests.vectors[0].set.replacing("AQAB", with: "AQAA"), "exponent"),
    (#"{"keys":[{"kty":"RSA","n":"\#(String(repeating: "_", count: 170))8","e":"AQAB"}]}"#, "2048"),
    (#"{"keys":[{"kty":"RSA","n":"\#(String(repeating: "_", count: 684))","e":"AQAB"}]}"#, "4096"),
    (#"{"keys":[{"kty":"RSA","n":"\#(String(repeating: "_", count: 341))w","e":"AQAB"}]}"#, "modulus"),
    (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#, "Ed25519"),
    (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}"#, "32 bytes"),
  ]

  @Test(arguments: faultySets) func `a key set without a good key is refused in a sentence`(_ text: String, _ word: String) throws {
    #expect(error("set.json", Self.ec) == nil, "the control")
    let sentence = try #require(self.error("set.json", text))
    #expect(sentence.contains(word), "\(sentence)")
  }

  @Test func `keys for other purposes may be beside the one that is used`() throws {
    let mixed = Self.ec.replacing(
      #"[{"#,
      with:
        #"[{"kty":"RSA","use":"enc","n":"AQAB","e":"Aw"},{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"},{"kty":"OKP","crv":"X25519"},{"#)
    folder.write("set.json", mixed)
    #expect(try tokens("set.json").summary == "1 key of https://intranet.example: ES256")
  }

  @Test func `a changed file brings other keys at once, and a broken one leaves those of before`() throws {
    folder.write("secret", Self.text)
    let tokens = try tokens("secret")
    let token = Self.token(secret: Self.text)
    #expect(try tokens.verify(token, nowSeconds: 1500).subject == "4711")
    folder.write("secret", "broken")
    tokens.reloadIfChanged()
    #expect(try tokens.verify(token, nowSeconds: 1500).subject == "4711")
    let next = String(Self.text.reversed())
    folder.write("secret", next)
    tokens.reloadIfChanged()
    #expect(throws: TokenError.invalid(.wrongSignature)) { try tokens.verify(token, nowSeconds: 1500) }
    #expect(try tokens.verify(Self.token(secret: next), nowSeconds: 1500).subject == "4711")
  }

  @Test func `a token that was verified is remembered, but its times are asked each time`() throws {
    folder.write("secret", Self.text)
    let tokens = try tokens("secret")
    let token = Self.token(secret: Self.text)
    for now: Int64 in [1000, 1500, 1899] { #expect(try tokens.verify(token, nowSeconds: now).subject == "4711") }
    #expect(throws: TokenError.expired) { try tokens.verify(token, nowSeconds: 1900) }
    #expect(throws: TokenError.invalid(.issuedInFuture)) { try tokens.verify(token, nowSeconds: 900) }
    // More than are remembered: each is verified again, and none is taken for another.
    for number in 0..<(2 * HostTokens.rememberedMax + 10) {
      #expect(
        try tokens.verify(Self.token(secret: Self.text, expiresAt: 2000 + number), nowSeconds: 1500).expiresAtSeconds == 2000 + number)
    }
    #expect(try tokens.verify(token, nowSeconds: 1500).expiresAtSeconds == 1900)
  }
}
