// The path of a request, parsed into segments.
import Domain

/// Segments between slashes, each percent-decoded once. Split first and decoded after, so that an encoded slash never makes a segment.
struct Path: Sendable {
  /// Bytes of a whole request target; a longer one is refused with 414.
  static let targetBytesMax = 4096

  private var bytes: [UInt8] = []
  private var segments: [Range<Int>] = []

  /// Throws `malformed_request` for text that is not UTF-8 or has control characters, and `not_found` for empty segments, dot segments
  /// and encoded slashes, which no route has.
  init(_ target: some Collection<UInt8>) throws(ChatError) {
    guard target.first == UInt8(ascii: "/") else { throw ChatError(.malformedRequest, "The path does not begin with a slash.") }
    bytes.reserveCapacity(target.count)
    segments.reserveCapacity(8)
    for raw in target.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      let start = bytes.count
      try Percent.decode(raw, into: &bytes)
      let segment = bytes[start...]
      guard segment.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }), Self.isText(segment) else {
        throw ChatError(.malformedRequest, "The path is not UTF-8 text.")
      }
      let isDots = segment.elementsEqual([UInt8(ascii: ".")]) || segment.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")])
      guard !segment.isEmpty, !isDots, !segment.contains(UInt8(ascii: "/")) else { throw .notFound }
      segments.append(start..<bytes.count)
    }
  }

  var count: Int { segments.count }

  func text(_ index: Int) -> String {
    String(decoding: bytes[segments[index]], as: UTF8.self)
  }

  func segment(_ index: Int, is literal: [UInt8]) -> Bool {
    segments[index].count == literal.count && bytes[segments[index]].elementsEqual(literal)
  }

  private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self).map { CombiningMarkLimit.isBounded(in: $0) } ?? false
  }
}

/// Percent-encoding (RFC 3986 section 2.1).
enum Percent {
  /// Appends the decoded bytes. Throws for a `%` without two hexadecimal digits after it, and for `%00`.
  static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false, into bytes: inout [UInt8]) throws(ChatError) {
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit), high | low != 0 else {
          throw ChatError(.malformedRequest, "A percent sign is not followed by two hexadecimal digits that stand for a character.")
        }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace:
        bytes.append(UInt8(ascii: " "))
      default:
        bytes.append(byte)
      }
    }
  }

  /// Decodes to text. Throws also for invalid UTF-8 and for too many combining marks on one character.
  static func text(_ text: some Collection<UInt8>) throws(ChatError) -> String {
    var bytes: [UInt8] = []
    try decode(text, plusIsSpace: true, into: &bytes)
    guard let text = String(validating: bytes, as: UTF8.self), CombiningMarkLimit.isBounded(in: text) else {
      throw ChatError(
        .malformedRequest, "This is not UTF-8 text with at most \(CombiningMarkLimit.marksMax) combining marks on a character.")
    }
    return text
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
