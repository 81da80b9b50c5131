// Tokens of a host application: the vectors of the RFCs, and what is read of them after the signature.

import HTTPSyntax
import Testing

@testable import Auth

@Suite struct HostTokenTests {
  static let secret = [UInt8](1...40)
  static let header = #"{"alg":"HS256","typ":"JWT"}"#
  static let claims = #"{"iss":"https://intranet.example","aud":"chat","sub":"4711","iat":1000,"exp":1900}"#
  let verifier = HostTokenVerifier(
    keys: HostKeys(keys: [HostKey(name: nil, material: .secret(HMACKey(Self.secret)))]), issuer: "https://intranet.example",
    audience: "chat", ownKeyNames: ["ours"])

  private func verify(_ header: String = Self.header, _ claims: String = Self.claims, at now: Int64 = 1500) throws(TokenError) -> HostClaims
  {
    try verifier.verify(Array(ForgedTokenTests.signed(header, claims, secret: Self.secret).utf8).span, nowSeconds: now)
  }

  private func fault(_ header: String = Self.header, _ claims: String = Self.claims, at now: Int64 = 1500) -> TokenFault? {
    do throws(TokenError) {
      _ = try verify(header, claims, at: now)
      return nil
    } catch {
      if case .invalid(let fault) = error { return fault }
      return nil
    }
  }

  // MARK: Vectors

  private static let payload = """
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
    """
  private static let modulus = """
    ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32\
    690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJ\
    H7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ
    """
  static let vectors: [(set: String, message: String, signature: String)] = [
    // RFC 7515 appendix A.2.
    (
      #"{"keys":[{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}]}"#, "eyJhbGciOiJSUzI1NiJ9.\(payload)",
      """
      cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRF\
      diuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6I\
      eYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
      """
    ),
    // RFC 7515 appendix A.3.
    (
      #"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#,
      "eyJhbGciOiJFUzI1NiJ9.\(payload)",
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    ),
    // RFC 8037 appendix A.4.
    (
      #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    ),
  ]

  @Test(arguments: vectors) func `the signatures of the RFCs are valid, and no bit of them may differ`(
    _ vector: (set: String, message: String, signature: String)
  ) throws {
    let key = try #require(try HostKeys.keysOfSet(Array(vector.set.utf8), "set.json").first)
    let signature = try #require(Base64URL.decode(vector.signature))
    let message = Array(vector.message.utf8)
    let isRight = { (signature: [UInt8], message: [UInt8]) in key.isValid(signature, for: message.span) }
    #expect(isRight(signature, message))
    for bit in 0..<(signature.count * 8) {
      var changed = signature
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!isRight(changed, message), "bit \(bit)")
    }
    for other in [[], Array(signature.dropLast()), signature + [0], [0] + signature, [UInt8](repeating: 0, count: signature.count)] {
      #expect(!isRight(other, message))
    }
    #expect(!isRight(signature, message + [0x41]))
  }

  @Test func `a signature of two numbers becomes DER, and one with a zero nothing`() {
    let (one, high) = ([UInt8](repeating: 0, count: 31) + [1], [UInt8](repeating: 0xff, count: 32))
    #expect(PublicKey.der(ofRawSignature: one + one) == [0x30, 6, 2, 1, 1, 2, 1, 1])
    #expect(PublicKey.der(ofRawSignature: high + one) == [0x30, 0x26, 2, 0x21, 0] + high + [2, 1, 1])
    let zero = [UInt8](repeating: 0, count: 32)
    for raw in [zero + one, one + zero, zero + zero, one, one + one + [0]] { #expect(PublicKey.der(ofRawSignature: raw) == nil) }
  }

  // MARK: Claims

  @Test func `the claims are those that were signed`() throws {
    let told = """
      { "sub" : "4711", "iss":"https://intranet.example", "aud":["other","chat"], "iat":1000.7, "exp":1900, "nbf":1100, "sid":"s-1",
        "preferred_username":"J\\u00fcrgen", "name":"J\\ud83d\\ude00", "email":"j@example.org", "email_verified":true, "roles":{"a":[{}]} }
      """
    let claims = try verify(Self.header, told)
    #expect(claims.subject == "4711" && claims.session == "s-1" && claims.notBeforeSeconds == 1100 && claims.isEmailVerified)
    #expect((claims.issuedAtSeconds, claims.expiresAtSeconds) == (1000, 1900))
    #expect(claims.username == "Jürgen" && claims.name == "J😀" && claims.email == "j@example.org")
    let plain = try verify()
    #expect(plain.session == nil && plain.username == nil && !plain.isEmailVerified && plain.notBeforeSeconds == 1000)
    #expect(try verify(#"{"alg":"HS256"}"#) == plain)
    #expect(try verify(#"{"alg":"HS256","kid":"theirs","typ":"jwt","x5t":"ignored"}"#) == plain)
  }

  @Test func `a token is valid from its time on until the second in which it expires`() throws {
    for now: Int64 in [995, 1000, 1899] { #expect(try verify(at: now).subject == "4711") }
    #expect(fault(at: 994) == .issuedInFuture)
    for now: Int64 in [1900, 1901, .max] { #expect(throws: TokenError.expired) { try verify(at: now) } }
    let later = Self.claims.replacing("}", with: #","nbf":1600}"#)
    #expect(fault(Self.header, later, at: 1594) == .notYetValid)
    #expect(fault(Self.header, later, at: 1595) == nil)
    let month = 30 * 24 * 3600
    #expect(fault(Self.header, Self.claims.replacing("1900", with: "\(1000 + month)")) == nil)
    #expect(fault(Self.header, Self.claims.replacing("1900", with: "\(1001 + month)")) == .livesTooLong)
  }

  static let faultyHeaders = [
    #"{"alg":"none"}"#, #"{"alg":"hs256"}"#, #"{"alg":"HS384"}"#, #"{"typ":"JWT"}"#, #"{"alg":["HS256"]}"#,
    #"{"alg":"HS256","alg":"HS256"}"#,
    #"{"alg":"HS256","typ":"at+jwt"}"#, #"{"alg":"HS256","typ":1}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","jwk":{}}"#,
    #"{"alg":"HS256","jku":"x"}"#, #"{"alg":"HS256","x5u":"x"}"#, #"{"alg":"HS256","x5c":[]}"#, #"{"alg":"HS256","b64":false}"#,
    #"{"alg":"HS256","zip":"DEF"}"#, #"{"alg":"HS256","enc":"A128GCM"}"#, #"{"alg":"HS256","kid":""}"#, #"{"alg":"HS256","kid":7}"#,
    #"{"alg":"HS256","kid":null}"#, #"{"alg":"HS256","kid":"ours"}"#, #"["HS256"]"#, "HS256", #"{"alg":"HS256"} x"#,
    #"{"alg":"HS256","x":"\#(String(repeating: "x", count: 1000))"}"#,
  ]

  @Test(arguments: faultyHeaders) func `a header that would choose how it is verified is refused, though the signature is right`(
    _ header: String
  ) {
    #expect(fault() == nil, "the control")
    #expect(fault(header) == .header)
  }

  static let faultyClaims = [
    (#""sub":"4711","#, "", TokenFault.claimsShape), (#""sub":"4711""#, #""sub":4711"#, .claimsShape), (#""4711""#, #""""#, .claimsShape),
    (#""4711""#, #""a\u0000b""#, .claimsShape), (#""4711""#, "\"\(String(repeating: "x", count: 256))\"", .claimsShape),
    (#""iat":1000,"#, "", .claimsShape), (#","exp":1900"#, "", .claimsShape), ("1900", #""1900""#, .claimsShape),
    ("1900", "1e9", .claimsShape), ("1900", "-1900", .claimsShape), ("1900", "99999999999999999999", .claimsShape),
    ("1900", "1000", .claimsShape), ("}", #","nbf":"0"}"#, .claimsShape), ("}", #","sid":7}"#, .claimsShape),
    ("}", #","sub":"admin"}"#, .claimsShape), ("}", #","s\u0075b":"admin"}"#, .claimsShape), ("}", #","x":"\ud800"}"#, .claimsShape),
    ("}", ",}", .claimsShape), ("}", "} ", .claimsShape), (#""iss":"https://intranet.example","#, "", .wrongIssuer),
    ("https://intranet.example", "https://intranet.example/", .wrongIssuer), (#""https://intranet.example""#, "7", .wrongIssuer),
    (#""aud":"chat","#, "", .wrongAudience), (#""chat""#, #""Chat""#, .wrongAudience), (#""chat""#, "[]", .wrongAudience),
    (#""chat""#, #"["other"]"#, .wrongAudience), (#""chat""#, #"["chat",1]"#, .wrongAudience),
    (#""chat""#, "[\(String(repeating: #""x","#, count: 32))\"chat\"]", .wrongAudience),
  ]

  @Test(arguments: faultyClaims) func `claims that are missing, repeated, of a wrong type or another's are refused`(
    _ part: String, _ other: String, _ expected: TokenFault
  ) {
    let changed = Self.claims.replacing(part, with: other)
    #expect(changed != Self.claims)
    #expect(other == "} " ? fault(Self.header, changed) == nil : fault(Self.header, changed) == expected)
  }

  @Test func `the key of a name is tried, those without one for all other names, and never one of another algorithm`() {
    let (first, second) = (HMACKey(Self.secret), HMACKey([UInt8](101...140)))
    let keys = HostKeys(keys: [HostKey(name: "a", material: .secret(first)), HostKey(name: nil, material: .secret(second))])
    #expect(keys.candidates(.hs256, keyName: "a").map(\.name) == ["a"])
    #expect(keys.candidates(.hs256, keyName: "b").map(\.name) == [nil])
    #expect(keys.candidates(.hs256, keyName: nil).count == 2)
    for algorithm in [HostAlgorithm.rs256, .es256, .edDSA] { #expect(keys.candidates(algorithm, keyName: nil).isEmpty) }
  }

  @Test func `JSON is read strictly`() {
    for text in ["{}", " {\n} ", #"{"a":[1,-2.5e+3,true,false,null,{"b":"\"\\\/\b\f\n\r\t\u20AC"}]}"#] {
      #expect(TokenJSON.parse(Array(text.utf8)) != nil, "\(text)")
    }
    let bad = [
      "", "[]", "7", "{", "}", "{}}", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":1.}"#,
      #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":tru}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\udc00"}"#,
      "{\"a\":\"\n\"}", #"{"a":1,"a":2}"#, #"{"a":{"b":1,"b":1}}"#, #"{"a":1,"\u0061":2}"#,
      String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17),
    ]
    for text in bad { #expect(TokenJSON.parse(Array(text.utf8)) == nil, "\(text)") }
    #expect(TokenJSON.parse(Array(#"{"a":""#.utf8) + [0xff] + Array(#""}"#.utf8)) == nil)
  }
}
