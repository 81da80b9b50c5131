// Parses the claims of our own tokens, and no other JSON.

/// A cursor over `{"name":value,…}` where a value is a string of printable ASCII or a whole number.
///
/// The bytes have our signature, so this need not accept every JSON: white space, escapes, fractions, nesting, unknown names and repeated
/// names are never signed by us, and are rejected rather than interpreted.
struct ClaimsReader {
  /// Everything in a token, as signed.
  struct Contents {
    let issuer: ArraySlice<UInt8>
    let audience: ArraySlice<UInt8>
    let claims: AccessClaims
  }

  private let bytes: [UInt8]
  private var next = 0

  /// Nil unless `json` is one object with our seven claims, each once, in any order, each of its type and in its range.
  static func read(_ json: [UInt8]) -> Contents? {
    var reader = ClaimsReader(json)
    return reader.object()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func object() -> Contents? {
    var issuer, audience, userID, sessionID, tokenID: Range<Int>?
    var issuedAt, expiresAt: Int64?
    guard take("{") else { return nil }
    repeat {
      guard let name = string(), take(":") else { return nil }
      let read =
        switch text(name) {
        case "iss": once(&issuer) { $0.string() }
        case "aud": once(&audience) { $0.string() }
        case "sub": once(&userID) { $0.string() }
        case "sid": once(&sessionID) { $0.string() }
        case "jti": once(&tokenID) { $0.string() }
        case "iat": once(&issuedAt) { $0.wholeNumber() }
        case "exp": once(&expiresAt) { $0.wholeNumber() }
        default: false
        }
      guard read else { return nil }
    } while take(",")
    guard take("}"), next == bytes.count, let issuer, let audience, let userID, let sessionID, let tokenID, let issuedAt, let expiresAt
    else { return nil }
    let claims = AccessClaims(
      userID: text(userID), sessionID: text(sessionID), tokenID: text(tokenID),
      issuedAtSeconds: issuedAt, expiresAtSeconds: expiresAt)
    return claims.isWellFormed ? Contents(issuer: bytes[issuer], audience: bytes[audience], claims: claims) : nil
  }

  /// Fills `slot` with the value that follows; false if there was one already or none of this type follows.
  private mutating func once<Value>(_ slot: inout Value?, _ value: (inout ClaimsReader) -> Value?) -> Bool {
    guard slot == nil else { return false }
    slot = value(&self)
    return slot != nil
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  /// The text between two quotation marks: printable ASCII without a backslash.
  private mutating func string() -> Range<Int>? {
    guard take("\"") else { return nil }
    let start = next
    while next < bytes.count, (0x20...0x7e).contains(bytes[next]), bytes[next] != UInt8(ascii: "\"") {
      guard bytes[next] != UInt8(ascii: "\\") else { return nil }
      next += 1
    }
    let end = next
    return take("\"") ? start..<end : nil
  }

  /// Digits alone: no sign, leading zero, fraction or exponent. Twelve of them reach beyond the year 9999 and far from overflow.
  private mutating func wholeNumber() -> Int64? {
    let start = next
    var value: Int64 = 0
    while next < bytes.count, case let digit = bytes[next] &- UInt8(ascii: "0"), digit <= 9 {
      guard next - start < 12 else { return nil }
      value = value * 10 + Int64(digit)
      next += 1
    }
    let digits = next - start
    guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
    return value
  }
}
