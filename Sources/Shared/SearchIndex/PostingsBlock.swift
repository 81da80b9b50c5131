// A set of positions, out of 65,536 neighbouring ones.

/// A bit for each position. Stored as two bytes a position or, of 4,096 and more, as the bits themselves.
struct PostingsBlock {
  static let bits: Int64 = 16
  /// A list of this size is stored as the bits themselves, which take as much.
  static let bitMapBytes = 8192

  private var words = [UInt64](repeating: 0, count: 1024)

  static func number(of position: Int64) -> Int64 { position >> bits }
  static func offset(of position: Int64) -> UInt16 { UInt16(truncatingIfNeeded: position) }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  mutating func insert(_ offset: UInt16) { words[Int(offset >> 6)] |= 1 << UInt64(offset & 63) }
  mutating func remove(_ offset: UInt16) { words[Int(offset >> 6)] &= ~(1 << UInt64(offset & 63)) }
  mutating func removeAll() { for index in words.indices { words[index] = 0 } }

  mutating func formIntersection(_ other: PostingsBlock) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func subtract(_ other: PostingsBlock) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  /// Adds stored positions; those of a list may be in any order and repeated.
  mutating func insert(_ stored: [UInt8]) {
    stored.withUnsafeBytes { bytes in
      if bytes.count == Self.bitMapBytes {
        for index in words.indices {
          words[index] |= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
      } else {
        for start in stride(from: 0, to: bytes.count & ~1, by: 2) {
          insert(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)))
        }
      }
    }
  }

  var stored: [UInt8] {
    guard count * 2 >= Self.bitMapBytes else { return Self.list(offsets) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.bitMapBytes)
    for word in words {
      for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(byte * 8))) }
    }
    return bytes
  }

  /// The stored form of a list.
  static func list(_ offsets: [UInt16]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * offsets.count)
    for offset in offsets {
      bytes.append(UInt8(truncatingIfNeeded: offset))
      bytes.append(UInt8(offset >> 8))
    }
    return bytes
  }

  /// In ascending order.
  private var offsets: [UInt16] {
    var offsets: [UInt16] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        offsets.append(UInt16(index * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return offsets
  }

  /// The positions of a block, the newest first.
  func positions(inBlock block: Int64) -> [Int64] { offsets.reversed().map { block << Self.bits | Int64($0) } }
}
