// Initializes libsodium.

internal import CSodium

enum Sodium {
  /// Read before the first call into libsodium. Runs once, on the first thread that reads it; later reads cost a load.
  static let ready: Void = {
    precondition(sodium_init() >= 0, "libsodium found no source of random bytes")
  }()
}
