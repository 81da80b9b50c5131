// Request ids: clients quote them in a bug report, and the operator finds them in the log.

/// A generator for one thread (SplitMix64), seeded by the system: ids must differ but need not be secret, and a system call for each
/// would cost more than the rest of the response head.
struct RequestID {
  private var state = UInt64.random(in: .min ... .max)

  /// 16 hexadecimal digits.
  mutating func next() -> String {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return Self.hex(value ^ (value >> 31))
  }

  static func hex(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 15
        buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 16
    }
  }
}
