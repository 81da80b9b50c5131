// The origin of a web page: scheme, host and port (RFC 6454).

/// Two spellings of one origin are equal: the scheme and the host are in lower case, the scheme's default port is left out, and an IPv6
/// address is in its shortest form. So `text` is what a browser sends of it (RFC 6454 section 6.2).
public struct Origin: Hashable, Sendable {
  /// Why a text names no origin, in words that follow the text.
  public struct Malformed: Error, Equatable, Sendable {
    public let reason: String

    init(_ reason: String) {
      self.reason = reason
    }
  }

  public let scheme: String
  /// The host, and the port unless it is the scheme's default.
  public let authority: String

  public var text: String { scheme + "://" + authority }

  /// Bytes of the longest host name (RFC 1035 section 3.1).
  private static let hostBytesMax = 253

  /// Reads what an operator writes, in any case, with or without the default port and slashes at the end. Throws for what no page has as its
  /// origin.
  public init(url: String) throws(Malformed) {
    var rest = Array(url.utf8)[...]
    while rest.last == UInt8(ascii: "/") { rest.removeLast() }
    try self.init(rest)
  }

  /// Reads the header `Origin`, in any case; nil for what names no origin, as `null` does.
  public init?(header: String) {
    guard let origin = try? Origin(Array(header.utf8)[...]) else { return nil }
    self = origin
  }

  private init(_ text: ArraySlice<UInt8>) throws(Malformed) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8) else {
      throw Malformed("does not begin with a scheme such as https://")
    }
    let scheme = String(decoding: text[..<colon].map(ASCII.lowercase), as: UTF8.self)
    guard Self.isScheme(text[..<colon]) else { throw Malformed("does not begin with a scheme such as https://") }
    guard !Self.schemesWithoutPages.contains(scheme) else { throw Malformed("has a scheme that no page has: browsers name https, or http") }
    let authority = text[colon...].dropFirst(3)
    guard !authority.contains(where: { "/?#\\".utf8.contains($0) }) else {
      throw Malformed("has a path: an origin ends with its host or port")
    }
    guard !authority.contains(UInt8(ascii: "@")) else { throw Malformed("has a user name") }
    guard authority.allSatisfy({ $0 < 0x80 }) else { throw Malformed("is not ASCII: write the host as browsers do, as xn--…") }
    self.scheme = scheme
    self.authority = try Self.normalized(authority, scheme: scheme)
  }

  /// Of these browsers send `null`, or speak another protocol than HTTP.
  private static let schemesWithoutPages: Set = ["about", "blob", "data", "file", "ftp", "javascript", "ws", "wss"]

  /// RFC 3986 section 3.1.
  private static func isScheme(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, ASCII.isLetter(first) else { return false }
    return text.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "+-.".utf8.contains($0) }
  }

  private static func normalized(_ authority: ArraySlice<UInt8>, scheme: String) throws(Malformed) -> String {
    let hostEnd: Int
    let host: String
    if authority.first == UInt8(ascii: "[") {
      guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")), let address = IPv6Text(authority[..<bracket].dropFirst()) else {
        throw Malformed("has a host that is no IPv6 address")
      }
      hostEnd = bracket + 1
      host = "[" + address.text + "]"
    } else {
      hostEnd = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
      host = try name(authority[..<hostEnd])
    }
    let rest = authority[hostEnd...]
    guard let colon = rest.first else { return host }
    guard colon == UInt8(ascii: ":") else { throw Malformed("has a host that is no IPv6 address") }
    guard let port = try port(rest.dropFirst()), port != defaultPort(of: scheme) else { return host }
    return "\(host):\(port)"
  }

  private static func name(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
    guard !bytes.isEmpty else { throw Malformed("has no host") }
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard bytes.count <= hostBytesMax,
      bytes.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || "-_.".utf8.contains($0) }),
      // The empty label after the last full stop is the root.
      labels.dropLast().allSatisfy({ !$0.isEmpty }), labels.count > 1 || labels.first?.isEmpty == false
    else { throw Malformed("has a host that is no name") }
    // Browsers take a host whose last label is a number for an IPv4 address, and rewrite it to four decimal numbers.
    if let last = labels.last(where: { !$0.isEmpty }), last.allSatisfy(ASCII.isDigit) || isHexadecimal(last) {
      guard labels.count == 4, labels.allSatisfy(isDecimalByte) else { throw Malformed("has a host that is no IPv4 address") }
    }
    return String(decoding: bytes.map(ASCII.lowercase), as: UTF8.self)
  }

  private static func isHexadecimal(_ label: ArraySlice<UInt8>) -> Bool {
    ASCII.equalIgnoringCase(label.prefix(2), "0x".utf8) && label.dropFirst(2).allSatisfy { ASCII.hexValue($0) != nil }
  }

  private static func isDecimalByte(_ label: ArraySlice<UInt8>) -> Bool {
    guard label.allSatisfy(ASCII.isDigit), let value = UInt8(String(decoding: label, as: UTF8.self)) else { return false }
    return String(value).utf8.elementsEqual(label)
  }

  /// Nil if nothing follows the colon, which stands for the default.
  private static func port(_ digits: ArraySlice<UInt8>) throws(Malformed) -> UInt16? {
    if digits.isEmpty { return nil }
    guard digits.allSatisfy(ASCII.isDigit), let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0 else {
      throw Malformed("has a port that is no number from 1 to 65535")
    }
    return port
  }

  private static func defaultPort(of scheme: String) -> UInt16? {
    switch scheme {
    case "http": 80
    case "https": 443
    default: nil
    }
  }
}

/// An IPv6 address as URLs write it.
struct IPv6Text {
  private var groups: [UInt16] = []

  /// Reads eight groups, of which `::` stands for one or more zeros; the last two may be an IPv4 address.
  init?(_ text: ArraySlice<UInt8>) {
    let halves = Self.halves(of: text)
    var parts: [[UInt16]] = []
    for (index, half) in halves.enumerated() {
      guard let part = Self.groups(half, mayEndInIPv4: index == halves.count - 1) else { return nil }
      parts.append(part)
    }
    let count = parts.reduce(0) { $0 + $1.count }
    guard let first = parts.first, let last = parts.last else { return nil }
    if parts.count == 1 {
      guard count == 8 else { return nil }
      groups = first
    } else {
      guard count < 8 else { return nil }
      groups = first + [UInt16](repeating: 0, count: 8 - count) + last
    }
  }

  /// What is before and after the first `::`; the whole if there is none.
  private static func halves(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let colon = UInt8(ascii: ":")
    guard let index = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else { return [text] }
    return [text[..<index], text[(index + 2)...]]
  }

  private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        let bytes = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
          UInt8(String(decoding: $0, as: UTF8.self))
        }
        guard bytes.count == 4, let a = bytes[0], let b = bytes[1], let c = bytes[2], let d = bytes[3],
          part.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        groups += [UInt16(a) << 8 | UInt16(b), UInt16(c) << 8 | UInt16(d)]
      } else {
        guard (1...4).contains(part.count), part.allSatisfy({ ASCII.hexValue($0) != nil }) else { return nil }
        groups.append(part.reduce(0) { $0 << 4 | UInt16(ASCII.hexValue($1) ?? 0) })
      }
    }
    return groups
  }

  /// The shortest form (RFC 5952 section 4), without dotted numbers, as browsers write it.
  var text: String {
    var longest = 0..<0
    var start = 0
    while start < groups.count {
      let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = end + 1
    }
    func joined(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return longest.isEmpty ? joined(groups[...]) : joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
  }
}
