// Why an access token is not accepted.

package enum TokenError: Error, Equatable {
  /// Ours, whole and addressed to us, but its time is over: the client should refresh (WebSocket close code 4009).
  case expired
  /// Anything else. The fault is for the log; a client is told "invalid" and no more, or it could try its forgeries step by step.
  case invalid(TokenFault)
}

/// The first thing found wrong. Never shown to a client.
package enum TokenFault: Equatable, Sendable {
  /// More than `AccessTokenIssuer.tokenBytesMax` bytes.
  case tooLong
  /// Not three parts between two full stops.
  case shape
  /// Another algorithm or type, a key that is not in the ring, or any other spelling of the header than ours. A host application's
  /// token ends here too.
  case foreignHeader
  /// Not the strict base64url of 32 bytes.
  case signatureShape
  /// Not made with the key that the header names.
  case wrongSignature
  /// Signed by us, and not the seven claims that we write: one missing, twice, unknown, of the wrong type or out of range.
  case claimsShape
  /// Signed by us on behalf of another issuer.
  case wrongIssuer
  /// Signed by us for somebody else.
  case wrongAudience
  /// Issued more than `AccessTokenIssuer.clockLeewaySeconds` in the future.
  case issuedInFuture
}
