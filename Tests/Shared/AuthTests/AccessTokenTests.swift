// Access tokens of our own, from issue to expiry.

import HTTPSyntax
import Testing
import TestSupport

@testable import Auth

@Suite struct AccessTokenTests {
  let key = SigningKey(name: "k1", secret: Array(0..<32))
  let issuer: AccessTokenIssuer
  let claims = AccessClaims(userID: "alice", sessionID: "s1", tokenID: "t1", issuedAtSeconds: 1000, expiresAtSeconds: 1900)

  init() throws {
    issuer = try AccessTokenIssuer(ring: KeyRing(keys: [key]), issuer: "https://chat.example", audience: "echochat")
  }

  @Test func `a token says what it was issued for, until the second it expires`() throws {
    let token = issuer.issue(claims)
    for now: Int64 in [1000, 1001, 1899] {
      #expect(try issuer.verify(token, nowSeconds: now) == claims)
      let fromBytes = try issuer.verify(Array(token.utf8).span, nowSeconds: now)
      #expect(fromBytes == claims)
    }
    for now: Int64 in [1900, 1901, .max] {
      #expect(throws: TokenError.expired) { try issuer.verify(token, nowSeconds: now) }
    }
  }

  @Test func `a token from a clock ahead of ours is accepted for a minute, and no further`() throws {
    let token = issuer.issue(claims)
    #expect(try issuer.verify(token, nowSeconds: 940) == claims)
    for now: Int64 in [939, 0, .min] {
      #expect(throws: TokenError.invalid(.issuedInFuture)) { try issuer.verify(token, nowSeconds: now) }
    }
  }

  @Test func `the token is, to the byte, what the RFCs and our contract make of it`() throws {
    let parts = issuer.issue(claims).split(separator: ".")
    #expect(parts.count == 3)
    #expect(Base64URL.decode(String(parts[0])) == Array(#"{"alg":"HS256","typ":"at+jwt","kid":"k1"}"#.utf8))
    #expect(
      Base64URL.decode(String(parts[1]))
        == Array(#"{"iss":"https://chat.example","aud":"echochat","sub":"alice","sid":"s1","jti":"t1","iat":1000,"exp":1900}"#.utf8))
    let code = HMACKey(Array(0..<32)).authenticationCode(for: Array("\(parts[0]).\(parts[1])".utf8).span)
    #expect(Base64URL.decode(String(parts[2])) == code)
  }

  @Test func `new claims begin now, last fifteen minutes and have a name of their own`() throws {
    let one = issuer.claims(userID: "alice", sessionID: "s1", nowSeconds: 1000)
    let two = issuer.claims(userID: "alice", sessionID: "s1", nowSeconds: 1000)
    #expect(one.issuedAtSeconds == 1000)
    #expect(one.expiresAtSeconds == 1900)
    #expect(one.tokenID != two.tokenID)
    #expect(try issuer.verify(issuer.issue(one), nowSeconds: 1000) == one)
  }

  @Test func `a token that names the issuer in another spelling of its origin stays good`() throws {
    for name in ["https://Chat.Example", "https://chat.example:443", "https://chat.example/"] {
      let earlier = try AccessTokenIssuer(ring: KeyRing(keys: [key]), issuer: name, audience: "echochat")
      #expect(try issuer.verify(earlier.issue(claims), nowSeconds: 1000) == claims)
    }
    for name in ["https://chat.example:8443", "http://chat.example", "chat.example", "https://chat.example/x"] {
      let other = try AccessTokenIssuer(ring: KeyRing(keys: [key]), issuer: name, audience: "echochat")
      #expect(throws: TokenError.invalid(.wrongIssuer)) { try issuer.verify(other.issue(claims), nowSeconds: 1000) }
    }
  }

  @Test func `a token stays good while its key is in the ring, and is dead without it`() throws {
    let newer = SigningKey(name: "k2", secret: Random.bytes(32))
    let token = issuer.issue(claims)
    let rotated = try AccessTokenIssuer(ring: KeyRing(keys: [newer, key]), issuer: issuer.issuer, audience: issuer.audience)
    let retired = try AccessTokenIssuer(ring: KeyRing(keys: [newer]), issuer: issuer.issuer, audience: issuer.audience)
    #expect(try rotated.verify(token, nowSeconds: 1000) == claims)
    #expect(throws: TokenError.invalid(.foreignHeader)) { try retired.verify(token, nowSeconds: 1000) }
    #expect(try retired.verify(rotated.issue(claims), nowSeconds: 1000) == claims)
  }

  @Test func `the largest token that settings and identifiers allow is far below the limit`() throws {
    let key = SigningKey(name: String(repeating: "k", count: 32), secret: Random.bytes(64))
    let name = String(repeating: "x", count: 256)
    let issuer = try AccessTokenIssuer(ring: KeyRing(keys: [key]), issuer: name, audience: name, lifetimeSeconds: 86_400)
    let id = String(repeating: "z", count: 32)
    let claims = AccessClaims(
      userID: id, sessionID: id, tokenID: id, issuedAtSeconds: AccessClaims.secondsMax - 1, expiresAtSeconds: AccessClaims.secondsMax)
    let token = issuer.issue(claims)
    #expect(token.utf8.count < AccessTokenIssuer.tokenBytesMax / 2)
    #expect(try issuer.verify(token, nowSeconds: AccessClaims.secondsMax - 1) == claims)
  }

  @Test func `settings that could break the JSON, or are out of range, are refused`() {
    let ring = KeyRing.ephemeral()
    for name in ["", "a\"b", "a\\b", "a b", "a\nb", "\u{7f}", "é", String(repeating: "x", count: 257)] {
      #expect(throws: AccessTokenSettingError.issuer) { try AccessTokenIssuer(ring: ring, issuer: name, audience: "a") }
      #expect(throws: AccessTokenSettingError.audience) { try AccessTokenIssuer(ring: ring, issuer: "i", audience: name) }
    }
    for seconds: Int64 in [.min, -1, 0, 86_401, .max] {
      #expect(throws: AccessTokenSettingError.lifetime) {
        try AccessTokenIssuer(ring: ring, issuer: "i", audience: "a", lifetimeSeconds: seconds)
      }
    }
    #expect(throws: Never.self) {
      try AccessTokenIssuer(ring: ring, issuer: "http://localhost:8080/~a?b", audience: "a", lifetimeSeconds: 1)
    }
  }

  @Test func `claims that could break the JSON are our mistake, and stop the program`() async {
    await #expect(processExitsWith: .failure) {
      let issuer = try AccessTokenIssuer(ring: .ephemeral(), issuer: "i", audience: "a")
      _ = issuer.issue(issuer.claims(userID: "a\",\"sub\":\"root", sessionID: "s", nowSeconds: 1000))
    }
  }

  @Test func `eight threads verify with one issuer at once, and every answer is right`() {
    let (issuer, claims, token) = (issuer, claims, issuer.issue(claims))
    let forged = String(token.dropLast(4)) + "AAAA"
    let wrong = Threads.run(8) { _ in
      (0..<3000).count { _ in
        (try? issuer.verify(token, nowSeconds: 1000)) != claims || (try? issuer.verify(forged, nowSeconds: 1000)) != nil
      }
    }
    #expect(wrong == Array(repeating: 0, count: 8))
  }
}
