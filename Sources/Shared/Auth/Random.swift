// Unpredictable bytes, identifiers and secrets from the kernel's generator.

internal import CSodium
internal import HTTPSyntax

public enum Random {
  /// `count` bytes, 0 or more. One system call: about 0.3 µs for 32.
  public static func bytes(_ count: Int) -> [UInt8] {
    Sodium.ready
    return [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      if let first = output.baseAddress, count > 0 { randombytes_buf(first, count) }
      initialized = count
    }
  }

  public static let idCharacters = 20

  /// A public identifier: 20 of `A–Z a–z 0–9`, all equally likely (119 bits). A collision is not expected before some 2^59 were made.
  public static func id() -> String {
    var text = [UInt8]()
    text.reserveCapacity(idCharacters)
    while text.count < idCharacters {
      // Six bits give 64 values and the alphabet has 62: the last two are drawn again, never folded onto others, which would make
      // those likelier. 32 bytes nearly always suffice, for one system call.
      for byte in bytes(32) where byte & 63 < 62 && text.count < idCharacters {
        text.append(alphabet[Int(byte & 63)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `count` decimal digits, all equally likely.
  public static func digits(_ count: Int) -> String {
    var text = [UInt8]()
    while text.count < count {
      // 250 is the greatest multiple of 10 that a byte holds: the values above it are drawn again.
      for byte in bytes(16) where byte < 250 && text.count < count { text.append(UInt8(ascii: "0") + byte % 10) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A secret of 256 bits as 43 characters of base64url.
  public static func secret() -> String {
    Base64URL.encode(bytes(32))
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
}
