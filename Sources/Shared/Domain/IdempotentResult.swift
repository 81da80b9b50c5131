// The result of a request that had an Idempotency-Key.

public struct IdempotentResult: Sendable {
  /// A hash of the request: the same key with another request is an error.
  public let fingerprint: Int64
  public let result: String

  public init(fingerprint: Int64, result: String) {
    self.fingerprint = fingerprint
    self.result = result
  }
}
