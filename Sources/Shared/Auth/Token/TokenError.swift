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
  /// Another algorithm or type, a key that is not in the ring, or another spelling of the header. Such a token may be a host application's.
  case foreignHeader
  /// A host application's, with another algorithm or type than it may have, or with a parameter that is refused.
  case header
  /// The host application has no key of this algorithm and name.
  case unknownKey
  /// Not strict base64url, or of another length than the signatures of our own tokens have.
  case signatureShape
  /// Not made with the key that the header names.
  case wrongSignature
  /// Signed by us, but without exactly our seven claims: one is missing, repeated, unknown, of the wrong type or out of range. Or signed by
  /// a host application, without all the claims that are required of it.
  case claimsShape
  /// Signed in the name of another issuer.
  case wrongIssuer
  /// Signed for another audience.
  case wrongAudience
  /// Issued further in the future than the leeway allows.
  case issuedInFuture
  /// A host application's, not valid yet (`nbf`).
  case notYetValid
  /// A host application's, valid for longer than it may be.
  case livesTooLong
}
