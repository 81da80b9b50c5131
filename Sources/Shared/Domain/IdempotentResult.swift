// The result of a request that had an Idempotency-Key.

package struct IdempotentResult: Sendable {
  /// A hash of the request: the same key with another request is an error.
  package let fingerprint: Int64
  package let result: String

  package init(fingerprint: Int64, result: String) {
    self.fingerprint = fingerprint
    self.result = result
  }
}
