// Errors of access tokens.

public enum TokenError: Error, Equatable {
  /// Valid but expired: the client should refresh it (WebSocket close code 4009).
  case expired
  /// Anything else. The fault is for the log; a client learns only "invalid", or it could test its forgeries step by step.
  case invalid(TokenFault)
}

/// The first fault found. Never shown to a client.
public enum TokenFault: Equatable, Sendable {
  /// More than `AccessTokenIssuer.tokenBytesMax` bytes.
  case tooLong
  /// Not three parts between two full stops.
  case shape
  /// Another algorithm or type, a key that is not in the ring, or another spelling of the header. A token of a host application has this
  /// fault, too.
  case foreignHeader
  /// Not the strict base64url of 32 bytes.
  case signatureShape
  /// Not made with the key that the header names.
  case wrongSignature
  /// Signed by us, but without exactly our seven claims: one is missing, repeated, unknown, of the wrong type or out of range.
  case claimsShape
  /// Signed by us for another issuer.
  case wrongIssuer
  /// Signed by us for another audience.
  case wrongAudience
  /// Issued further in the future than the leeway allows.
  case issuedInFuture
}
