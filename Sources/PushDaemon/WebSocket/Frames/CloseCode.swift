// Why a connection ends: the status codes of a Close frame (RFC 6455 section 7.4, and EchoChat's own in 4000–4999).

/// A close code that may stand in a Close frame; values that must never be sent, such as 1005 and 1006, cannot be built.
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt16

  /// Returns nil for a code that `isValidOnWire` refuses.
  public init?(rawValue: UInt16) {
    guard Self.isValidOnWire(rawValue) else { return nil }
    self.rawValue = rawValue
  }

  private init(known rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Whether a peer may send this number: 1000–1003, 1007–1014 and 3000–4999. The rest is reserved, unassigned, or (1005, 1006, 1015)
  /// exists only for local reporting (RFC 6455 section 7.4; the registry added 1012–1014).
  public static func isValidOnWire(_ rawValue: UInt16) -> Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

extension CloseCode {
  /// 1000: the purpose is fulfilled.
  public static let normal = CloseCode(known: 1000)
  /// 1001: the server stops, or the page was left.
  public static let goingAway = CloseCode(known: 1001)
  /// 1002: the peer broke RFC 6455.
  public static let protocolError = CloseCode(known: 1002)
  /// 1003: a kind of data that is not accepted, here binary.
  public static let unsupportedData = CloseCode(known: 1003)
  /// 1007: a text message or close reason that is not UTF-8.
  public static let invalidPayload = CloseCode(known: 1007)
  /// 1008: a rule of this server was broken for which there is no closer code.
  public static let policyViolation = CloseCode(known: 1008)
  /// 1009: a message larger than `ProtocolState.Limits.maxMessageBytes`.
  public static let tooBig = CloseCode(known: 1009)
  /// 1011: the server failed.
  public static let internalError = CloseCode(known: 1011)
  /// 1012: the server restarts; come back at once, with jitter.
  public static let serviceRestart = CloseCode(known: 1012)
  /// 1013: the server is overloaded; come back later.
  public static let tryAgainLater = CloseCode(known: 1013)
  /// 4001: not signed in, or signed out meanwhile.
  public static let unauthenticated = CloseCode(known: 4001)
  /// 4003: the account is suspended.
  public static let suspended = CloseCode(known: 4003)
  /// 4008: the message rate was exceeded for too long.
  public static let tooManyMessages = CloseCode(known: 4008)
  /// 4009: the access token ran out; refresh it and come back.
  public static let tokenExpired = CloseCode(known: 4009)
  /// 4010: the client read too slowly; come back with `since`.
  public static let tooSlow = CloseCode(known: 4010)
  /// 4011: no sign-in within the time allowed.
  public static let signInTimeout = CloseCode(known: 4011)
}

extension CloseCode: CaseIterable {
  /// The codes above: what this server sends, and `normal` and `goingAway`, with which clients leave. Each is described in asyncapi.json.
  public static let allCases: [CloseCode] = [
    .normal, .goingAway, .protocolError, .unsupportedData, .invalidPayload, .policyViolation, .tooBig, .internalError, .serviceRestart,
    .tryAgainLater, .unauthenticated, .suspended, .tooManyMessages, .tokenExpired, .tooSlow, .signInTimeout,
  ]
}
