// The XOR that a client must apply to every frame it sends (RFC 6455 section 5.3).

/// Four bytes to XOR a payload with, over and over. Masking and unmasking are the same operation.
public struct MaskingKey: Equatable, Sendable {
  /// The key; its first byte on the wire is the lowest eight bits.
  public private(set) var bits: UInt32

  public init(bits: UInt32) {
    self.bits = bits
  }

  /// A fresh, unpredictable key, as section 5.3 asks of clients: a key that page scripts can foresee lets them write chosen bytes through proxies.
  public static func random() -> MaskingKey {
    MaskingKey(bits: .random(in: .min ... .max))
  }

  /// XORs `bytes` in place and rotates the key by as many bytes, so that the next part of the same payload can follow in another call.
  public mutating func apply(to bytes: UnsafeMutableRawBufferPointer) {
    guard bits != 0 else { return }
    let wide = (UInt64(bits) | UInt64(bits) << 32).littleEndian
    var offset = 0
    // Eight bytes at a time: byte by byte this loop costs more than the rest of the codec together.
    while bytes.count - offset >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      bytes.storeBytes(of: word ^ wide, toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < bytes.count {
      bytes[offset] ^= UInt8(truncatingIfNeeded: bits >> (8 * UInt32(offset & 3)))
      offset += 1
    }
    let rotation = 8 * UInt32(bytes.count & 3)
    if rotation != 0 { bits = bits >> rotation | bits << (32 - rotation) }
  }
}
