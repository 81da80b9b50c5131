// An address or a network of IP, as settings name them: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32.

public struct IPNetwork: Equatable, Sendable {
  /// As it was given: digits, letters, dots, colons and a slash.
  public let text: String

  /// Nil for anything else, also for a network whose prefix is longer than its address.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard let address = parts.first, parts.count <= 2 else { return nil }
    let isIPv6 = address.contains(UInt8(ascii: ":"))
    guard isIPv6 ? IPv6Text(Array(address)[...]) != nil : Self.isIPv4(address) else { return nil }
    if parts.count == 2 {
      guard parts[1].count <= 3, let bits = Int64(digits: String(decoding: Array(parts[1]), as: UTF8.self)), bits <= (isIPv6 ? 128 : 32)
      else {
        return nil
      }
    }
    self.text = text
  }

  private static func isIPv4(_ address: some Collection<UInt8>) -> Bool {
    let bytes = address.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return bytes.count == 4
      && bytes.allSatisfy {
        (1...3).contains($0.count) && $0.allSatisfy(ASCII.isDigit) && UInt8(String(decoding: Array($0), as: UTF8.self)) != nil
      }
  }
}
