// The one place that prepares libsodium.

internal import CSodium

enum Sodium {
  /// Read before the first call into libsodium. The language runs it once, whichever thread comes first; later reads cost a load.
  static let ready: Void = {
    precondition(sodium_init() >= 0, "libsodium found no source of random bytes")
  }()
}
