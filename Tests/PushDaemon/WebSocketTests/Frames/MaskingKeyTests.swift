// Masking, against the definition in RFC 6455 section 5.3.

import Testing
import WebSocket

@Suite struct MaskingKeyTests {
  /// "transformed-octet-i = original-octet-i XOR masking-key-octet-j, j = i MOD 4".
  private func byDefinition(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    bytes.enumerated().map { $1 ^ key[$0 % 4] }
  }

  @Test(arguments: 0...40)
  func `every length is masked as the RFC defines`(count: Int) {
    let bytes = (0..<count).map { UInt8($0) }
    var masked = bytes
    var key = MaskingKey(bits: 0x0403_0201)
    masked.withUnsafeMutableBytes { key.apply(to: $0) }
    #expect(masked == byDefinition(bytes, key: [1, 2, 3, 4]))
  }

  @Test(arguments: 0...33)
  func `a payload masked in two parts is the same as in one`(cut: Int) {
    let bytes = [UInt8](repeating: 0, count: 33)
    var masked = bytes
    var key = MaskingKey(bits: 0x0403_0201)
    masked.withUnsafeMutableBytes { all in
      key.apply(to: UnsafeMutableRawBufferPointer(rebasing: all[..<cut]))
      key.apply(to: UnsafeMutableRawBufferPointer(rebasing: all[cut...]))
    }
    #expect(masked == byDefinition(bytes, key: [1, 2, 3, 4]))
  }

  @Test func `random keys differ`() {
    #expect(Set((0..<64).map { _ in MaskingKey.random().bits }).count > 60)
  }
}
