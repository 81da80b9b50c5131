// Mallory's tokens. None is accepted, and each is refused for the reason it should be, next to one that is accepted.

import HTTPSyntax
import Testing

@testable import Auth

@Suite struct ForgedTokenTests {
  static let header = #"{"alg":"HS256","typ":"at+jwt","kid":"k1"}"#
  static let claims =
    #"{"iss":"https://chat.example","aud":"echochat","sub":"alice","sid":"s1","jti":"t1","iat":1000,"exp":1900}"#
  static let secret = [UInt8](0..<32)
  static let nowSeconds: Int64 = 1500

  let issuer: AccessTokenIssuer

  init() throws {
    let keys = [SigningKey(name: "k1", secret: Self.secret), SigningKey(name: "k2", secret: [UInt8](32..<64))]
    issuer = try AccessTokenIssuer(ring: KeyRing(keys: keys), issuer: "https://chat.example", audience: "echochat")
  }

  /// A token with any header and claims, signed as only the server can, unless another `secret` is given.
  static func signed(_ header: String = header, _ claims: String = claims, secret: [UInt8] = secret) -> String {
    signed(parts: Base64URL.encode(Array(header.utf8)), Base64URL.encode(Array(claims.utf8)), secret: secret)
  }

  static func signed(parts header: String, _ claims: String, secret: [UInt8] = secret) -> String {
    let message = "\(header).\(claims)"
    return "\(message).\(Base64URL.encode(HMACKey(secret).authenticationCode(for: Array(message.utf8).span)))"
  }

  @Test func `the control: the same tools make a token that is accepted`() throws {
    let claims = try issuer.verify(Self.signed(), nowSeconds: Self.nowSeconds)
    #expect(claims.userID == "alice")
    #expect(issuer.issue(claims) == Self.signed())
    let byOtherKey = Self.signed(Self.header.replacing("k1", with: "k2"), secret: [UInt8](32..<64))
    #expect(try issuer.verify(byOtherKey, nowSeconds: Self.nowSeconds) == claims)
    let inOtherOrder = #"{"exp":1900,"iat":1000,"jti":"t1","sid":"s1","sub":"alice","aud":"echochat","iss":"https://chat.example"}"#
    #expect(try issuer.verify(Self.signed(Self.header, inOtherOrder), nowSeconds: Self.nowSeconds) == claims)
  }

  @Test(
    arguments: [
      // The algorithm: none, by any spelling; ours by any other; a public-key one checked with the HMAC key; missing.
      #"{"alg":"none","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"None","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"NONE","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"nOnE","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"","typ":"at+jwt","kid":"k1"}"#, #"{"alg":null,"typ":"at+jwt","kid":"k1"}"#, #"{"alg":["HS256"],"typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"hs256","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"HS256 ","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"HS512","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"HS384","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"RS256","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"EdDSA","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"PS256","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"\u0048S256","typ":"at+jwt","kid":"k1"}"#, #"{"typ":"at+jwt","kid":"k1"}"#,
      // The type.
      #"{"alg":"HS256","typ":"JWT","kid":"k1"}"#, #"{"alg":"HS256","typ":"AT+JWT","kid":"k1"}"#,
      #"{"alg":"HS256","typ":"application/at+jwt","kid":"k1"}"#, #"{"alg":"HS256","kid":"k1"}"#,
      // The key: unknown, missing, empty, a path, SQL, another case, of another type.
      #"{"alg":"HS256","typ":"at+jwt","kid":"k3"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":""}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"../../../../dev/null"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"/dev/null"}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"./k1"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"k1\u0000"}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"k1' OR 1=1 --"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"K1"}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":0}"#, #"{"alg":"HS256","typ":"at+jwt","kid":["k1"]}"#,
      // A key brought along, extensions, repeated names, white space, another order, no object.
      #"{"alg":"HS256","typ":"at+jwt","kid":"k1","jwk":{"kty":"oct","k":"AAAA"}}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"k1","jku":"https://mallory.example/keys"}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"k1","crit":["exp"]}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"k1","zip":"DEF"}"#,
      #"{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"HS256","alg":"none","typ":"at+jwt","kid":"k1"}"#,
      #"{"alg":"HS256","typ":"at+jwt","kid":"k3","kid":"k1"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"k1","kid":"k1"}"#,
      #" {"alg":"HS256","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"k1"} "#,
      #"{"alg": "HS256","typ":"at+jwt","kid":"k1"}"#, #"{"typ":"at+jwt","alg":"HS256","kid":"k1"}"#,
      "\u{feff}" + header, header + "\u{0}", "", "{}", "null", "[]", "[" + header + "]", "{",
    ])
  func `another header is refused although its signature is right`(header: String) {
    refused(Self.signed(header), .invalid(.foreignHeader))
  }

  @Test(
    arguments: [
      // exp and iat of the wrong type, size or relation.
      ("1900", "\"1900\""), ("1900", "1900.0"), ("1900", "1900.5"), ("1900", "1.9e3"), ("1900", "19E2"), ("1900", "-1900"),
      ("1900", "+1900"),
      ("1900", "01900"), ("1900", "0x76c"), ("1900", "null"), ("1900", "true"), ("1900", "[1900]"),
      ("1900", "{}"), ("1900", ""), ("1900", "١٩"),
      ("1900", "253402300800"), ("1900", "999999999999"), ("1900", "1000000000000"), ("1900", "9223372036854775807"),
      ("1900", "9223372036854775808"), ("1900", "18446744073709551616"), ("1900", "1e400"), ("1900", String(repeating: "9", count: 500)),
      ("1900", "Infinity"), ("1900", "NaN"), ("1900", "1000"), ("1900", "999"), ("1900", "0"), ("1900", "1900 "), ("1900", " 1900"),
      ("1000", "\"1000\""), ("1000", "-1"), ("1000", "1000.0"), ("1000", "1900"), ("1000", "null"), ("1000", "9223372036854775807"),
      // Missing, by name.
      (#","exp":1900"#, ""), (#""iat":1000,"#, ""), (#""jti":"t1","#, ""), (#""sid":"s1","#, ""), (#""sub":"alice","#, ""),
      (#""aud":"echochat","#, ""), (#""iss":"https://chat.example","#, ""),
      // Repeated, the same or another.
      (#""exp":1900"#, #""exp":1900,"exp":1900"#), (#""exp":1900"#, #""exp":1600,"exp":1900"#), (#""iat":1000"#, #""iat":1000,"iat":1001"#),
      (#""sub":"alice""#, #""sub":"alice","sub":"bob""#), (#""sid":"s1""#, #""sid":"s1","sid":"s2""#),
      (#""jti":"t1""#, #""jti":"t1","jti":"t1""#),
      (#""aud":"echochat""#, #""aud":"echochat","aud":"other""#), (#""iss":"#, #""iss":"x","iss":"#),
      // Unknown, escaped, of another case.
      (#""exp":1900"#, #""exp":1900,"nbf":1000"#), (#""exp":1900"#, #""exp":1900,"admin":true"#),
      (#""exp""#, #""EXP""#), (#""sub""#, #""Sub""#),
      (#""sub""#, #""s\u0075b""#), (#""alice""#, #""\u0061lice""#), (#""alice""#, #""al\"ice""#), ("https://", #"https:\/\/"#),
      // Identifiers of the wrong type or shape.
      (#""alice""#, "1"), (#""alice""#, "null"), (#""alice""#, #"["alice"]"#), (#""alice""#, #"{"id":"alice"}"#), (#""alice""#, #""""#),
      (#""alice""#, #""al ice""#), (#""alice""#, #""../alice""#), (#""alice""#, #""al'--""#), (#""alice""#, "\"alic\u{e9}\""),
      (#""alice""#, "\"al\nice\""), (#""alice""#, "\"al\u{0}ice\""), (#""alice""#, "\"\(String(repeating: "a", count: 33))\""),
      (#""s1""#, #""s-1""#), (#""t1""#, #""t.1""#), (#""s1""#, "7"), (#""t1""#, "true"),
      (#""echochat""#, #"["echochat"]"#), (#""echochat""#, #"["echochat","other"]"#), (#""echochat""#, "null"),
      // The grammar: white space, commas, brackets, what stands before and after.
      ("{", "{ "), ("{", " {"), ("}", "} "), ("}", "}\n"), ("}", ",}"), ("{", "{,"), (":", "::"), (",", ",,"), (",", ", "), (":", ": "),
      ("{", ""), ("}", ""), ("}", "}}"), ("{", "{{"), ("{", "["), ("}", "]"), ("}", "}{}"), ("{", "\u{feff}{"), ("\"iss\"", "iss"),
      ("\"iss\"", "'iss'"), ("}", "}\u{0}"), ("1900}", "1900"), ("\"t1\"", "\"t1"), ("\"t1\"", "t1\""),
    ])
  func `claims that we would not have written are refused although their signature is right`(old: String, new: String) throws {
    #expect(Self.claims.contains(old))
    #expect(throws: Never.self) { try issuer.verify(Self.signed(), nowSeconds: Self.nowSeconds) }
    let position = try #require(Self.claims.firstRange(of: old))
    refused(Self.signed(Self.header, Self.claims.replacingCharacters(in: position, with: new)), .invalid(.claimsShape))
  }

  @Test(
    arguments: ["", "{}", "null", "[]", "\"\"", "0", "\u{0}", "{\"", "{\"iss\":", "{\"exp\":1"])
  func `claims that are no object at all are refused`(claims: String) {
    refused(Self.signed(Self.header, claims), .invalid(.claimsShape))
  }

  @Test func `claims nested a thousand deep are refused without descending`() {
    let deep = String(repeating: #"{"iss":"#, count: 300)
    refused(Self.signed(Self.header, deep), .invalid(.claimsShape))
    refused(Self.signed(Self.header, String(repeating: "[", count: 2000)), .invalid(.claimsShape))
  }

  @Test(
    arguments: [
      (#""echochat""#, #""echochat2""#, .invalid(.wrongAudience)), (#""echochat""#, #""echocha""#, .invalid(.wrongAudience)),
      (#""echochat""#, #""Echochat""#, .invalid(.wrongAudience)), (#""echochat""#, #""""#, .invalid(.wrongAudience)),
      (#""echochat""#, #""https://chat.example""#, .invalid(.wrongAudience)),
      ("https://chat.example", "http://chat.example", .invalid(.wrongIssuer)),
      ("https://chat.example", "https://chat.example/x", .invalid(.wrongIssuer)),
      ("https://chat.example", "https://chat.example.mallory.example", .invalid(.wrongIssuer)),
      ("https://chat.example", "", .invalid(.wrongIssuer)),
      ("1000", "1561", .invalid(.issuedInFuture)), ("1000", "1899", .invalid(.issuedInFuture)),
      ("1900", "1500", .expired), ("1900", "1499", .expired), ("1900", "1001", .expired),
    ] as [(String, String, TokenError)])
  func `a token for another, from another, or for another time is refused by that name`(old: String, new: String, error: TokenError) throws
  {
    let position = try #require(Self.claims.firstRange(of: old))
    refused(Self.signed(Self.header, Self.claims.replacingCharacters(in: position, with: new)), error)
  }

  @Test func `a token that is wrong in another way too is never called merely expired`() throws {
    let late: Int64 = 5000
    let good = Self.signed()
    #expect(throws: TokenError.expired) { try issuer.verify(good, nowSeconds: late) }
    let others = [
      Self.signed(secret: [UInt8](repeating: 7, count: 32)), Self.signed(Self.header, Self.claims.replacing("echochat", with: "other")),
      Self.signed(Self.header, Self.claims.replacing("https", with: "http")), String(good.dropLast()),
    ]
    for other in others {
      #expect { try issuer.verify(other, nowSeconds: late) } throws: { $0 as? TokenError != .expired }
    }
  }

  @Test func `a signature by any key but the named one is refused`() {
    refused(Self.signed(secret: [UInt8](32..<64)), .invalid(.wrongSignature))  // k2's key under k1's name
    refused(Self.signed(Self.header.replacing("k1", with: "k2")), .invalid(.wrongSignature))
    refused(Self.signed(secret: []), .invalid(.wrongSignature))
    refused(Self.signed(secret: [0]), .invalid(.wrongSignature))
    refused(Self.signed(secret: [UInt8](repeating: 0, count: 32)), .invalid(.wrongSignature))
    refused(Self.signed(secret: Array("k1".utf8)), .invalid(.wrongSignature))
    refused(Self.signed(secret: Array("secret".utf8)), .invalid(.wrongSignature))
    refused(Self.signed(secret: Array(Base64URL.encode(Self.secret).utf8)), .invalid(.wrongSignature))
  }

  @Test func `a token with missing, extra, empty or exchanged parts is refused`() {
    let token = Self.signed()
    let parts = token.split(separator: ".").map(String.init)
    let (header, claims, code) = (parts[0], parts[1], parts[2])
    for shape in ["", header, "\(header).\(claims)", "\(token).", ".\(token)", "\(token).\(code)", "\(token).\(code).\(code)", "...."] {
      refused(shape, .invalid(.shape))
    }
    for foreign in [".", "..", ".\(claims).\(code)", "\(claims).\(header).\(code)", "..\(code)", "\(code).\(claims).\(header)"] {
      refused(foreign, .invalid(foreign == "." ? .shape : .foreignHeader))
    }
    for unsigned in ["\(header).\(claims).", "\(header)..", "\(header).\(claims).\(claims)", "\(header).\(claims).\(header)"] {
      refused(unsigned, .invalid(.signatureShape))
    }
    refused("\(header)..\(code)", .invalid(.wrongSignature))
    refused("\(header).\(header).\(code)", .invalid(.wrongSignature))
    refused(Self.signed(parts: header, ""), .invalid(.claimsShape))
    for unsigned in [#"{"alg":"none"}"#, #"{"alg":"none","typ":"at+jwt","kid":"k1"}"#, #"{"alg":"NoNe","typ":"JWT"}"#] {
      refused("\(Base64URL.encode(Array(unsigned.utf8))).\(claims).", .invalid(.foreignHeader))
    }
  }

  @Test func `padding, white space and second spellings of base64 are refused in every part, rightly signed or not`() {
    let parts = Self.signed().split(separator: ".").map(String.init)
    let (header, claims, code) = (parts[0], parts[1], parts[2])
    for extra in ["=", "==", " ", "\n", "\r\n", "\t", "\u{0}", "%3D", "+", "/", "é"] {
      refused(Self.signed(parts: header + extra, claims), .invalid(.foreignHeader))
      refused(Self.signed(parts: header, claims + extra), .invalid(.claimsShape))
      refused(Self.signed(parts: header, extra + claims), .invalid(.claimsShape))
      refused("\(header).\(claims).\(code)\(extra)", .invalid(.signatureShape))
      refused("\(header).\(claims).\(extra)\(code)", .invalid(.signatureShape))
    }
    refused(" \(header).\(claims).\(code)", .invalid(.foreignHeader))
    refused("Bearer \(header).\(claims).\(code)", .invalid(.foreignHeader))
  }

  @Test func `a signature cut short at any length is refused, and so is a whole token`() {
    let token = Array(Self.signed().utf8)
    for length in 0..<token.count {
      let start = Array(token[..<length])
      #expect(throws: TokenError.self) { try issuer.verify(start.span, nowSeconds: Self.nowSeconds) }
    }
    #expect(throws: Never.self) { try issuer.verify(token.span, nowSeconds: Self.nowSeconds) }
  }

  @Test func `a token with any one bit flipped, in any byte, is refused`() {
    let token = Array(Self.signed().utf8)
    var accepted = 0
    for position in token.indices {
      for bit in 0..<8 {
        var other = token
        other[position] ^= 1 << UInt8(bit)
        if (try? issuer.verify(other.span, nowSeconds: Self.nowSeconds)) != nil { accepted += 1 }
      }
    }
    #expect(accepted == 0)
    #expect(throws: Never.self) { try issuer.verify(token.span, nowSeconds: Self.nowSeconds) }
  }

  @Test func `a token with any one byte taken out or put in twice is refused`() {
    let token = Array(Self.signed().utf8)
    for position in token.indices {
      var shorter = token
      shorter.remove(at: position)
      #expect(throws: TokenError.self) { try issuer.verify(shorter.span, nowSeconds: Self.nowSeconds) }
      var longer = token
      longer.insert(token[position], at: position)
      #expect(throws: TokenError.self) { try issuer.verify(longer.span, nowSeconds: Self.nowSeconds) }
    }
  }

  @Test func `more than 4 KiB is refused before anything is computed; 4 KiB are looked at`() {
    let wide = Self.claims.replacing("alice", with: String(repeating: "a", count: 3700))
    #expect(Self.signed(Self.header, wide).utf8.count > 5000)
    refused(Self.signed(Self.header, wide), .invalid(.tooLong))
    refused(String(repeating: "a", count: 4097), .invalid(.tooLong))
    refused(String(repeating: ".", count: 5 << 10), .invalid(.tooLong))
    refused(String(repeating: "a", count: 4096), .invalid(.shape))
    let parts = Self.signed().split(separator: ".").map(String.init)
    let room = AccessTokenIssuer.tokenBytesMax - parts[0].utf8.count - parts[2].utf8.count - 2
    let full = Self.signed(parts: parts[0], String(repeating: "A", count: room))
    #expect(full.utf8.count == AccessTokenIssuer.tokenBytesMax)
    refused(full, .invalid(.claimsShape))
  }

  @Test func `bytes that are no text are refused`() {
    let nonsense: [[UInt8]] = [[0xff], [0x2e, 0xff, 0x2e], [0x00, 0x2e, 0x00, 0x2e, 0x00], Array(repeating: 0x80, count: 400)]
    for bytes in nonsense {
      #expect(throws: TokenError.self) { try issuer.verify(bytes.span, nowSeconds: Self.nowSeconds) }
    }
  }

  @Test func `ten thousand signed claims with random damage are read or refused, never fatal, and never read as what they do not say`() {
    var random = SystemRandomNumberGenerator()
    let pool = Array(#"{}[]":,\0123456789.-+eE abcdefiljkstux"#.utf8) + [0x00, 0x0a, 0x7f, 0x80, 0xff]
    var read = 0
    for _ in 0..<10_000 {
      var json = Array(Self.claims.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let position = Int.random(in: 0..<json.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: json[position] = pool.randomElement(using: &random) ?? 0
        case 1: json.remove(at: position)
        default: json.insert(pool.randomElement(using: &random) ?? 0, at: position)
        }
      }
      guard let contents = ClaimsReader.read(json) else { continue }
      read += 1
      // Whatever was read says exactly this when it is written again.
      let issuer = String(decoding: contents.issuer, as: UTF8.self)
      let audience = String(decoding: contents.audience, as: UTF8.self)
      #expect(contents.claims.json(issuer: issuer, audience: audience) == json)
    }
    #expect(read > 0)
  }

  private func refused(_ token: String, _ error: TokenError, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, "\(token)", sourceLocation: sourceLocation) { try issuer.verify(token, nowSeconds: Self.nowSeconds) }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with new: String) -> String {
    self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}
