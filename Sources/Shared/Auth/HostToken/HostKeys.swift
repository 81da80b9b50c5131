// The keys with which a host application signs the tokens of its users.

/// The algorithms of RFC 7518 and RFC 8037 that are accepted. A key has exactly one; a token cannot choose.
enum HostAlgorithm: String {
  case hs256 = "HS256"
  case rs256 = "RS256"
  case es256 = "ES256"
  case edDSA = "EdDSA"
}

/// An immutable set of keys, from one file.
struct HostKeys: Sendable {
  /// Keys in one file, and so signatures that one token may cost.
  static let keysMax = 16
  static let secretBytesMin = 32
  static let secretBytesMax = 1024
  static let keyNameBytesMax = 255

  let keys: [HostKey]

  /// The keys that may have signed a token with this header: those of its `kid`, or, if none has that name, those without a name; without
  /// a `kid` all of the algorithm.
  func candidates(_ algorithm: HostAlgorithm, keyName: String?) -> [HostKey] {
    let fitting = keys.filter { $0.algorithm == algorithm }
    guard let keyName else { return fitting }
    let named = fitting.filter { $0.name.map { $0.utf8.elementsEqual(keyName.utf8) } ?? false }
    return named.isEmpty ? fitting.filter { $0.name == nil } : named
  }
}

/// A key and its name. The algorithm is that of the key's material, whatever a token says.
struct HostKey: Sendable {
  enum Material: Sendable {
    case secret(HMACKey)
    case publicKey(PublicKey)
  }

  /// `kid`; nil in PEM and secret files, which have no place for it.
  let name: String?
  let material: Material

  var algorithm: HostAlgorithm {
    switch material {
    case .secret: .hs256
    case .publicKey(let key): key.algorithm
    }
  }

  func isValid(_ signature: [UInt8], for message: Span<UInt8>) -> Bool {
    switch material {
    case .secret(let key): key.isValidAuthenticationCode(signature, for: message)
    case .publicKey(let key): key.isValid(signature, for: message)
    }
  }
}

/// Why a host application's tokens cannot be verified, in a sentence for the operator.
public struct HostKeysError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ path: String, _ reason: String) {
    description = "The host application's keys in \(path) cannot be used: \(reason)."
  }
}
