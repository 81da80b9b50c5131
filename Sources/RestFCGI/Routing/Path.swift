// The path of a request, parsed into segments.
import Domain
import HTTPSyntax

/// Segments between slashes, each percent-decoded once. Split first and decoded after, so that an encoded slash never makes a segment.
struct Path: Sendable {
  /// Bytes of a whole request target; a longer one is refused with 414.
  static let targetBytesMax = 4096

  private var bytes: [UInt8] = []
  private var segments: [Range<Int>] = []
  /// The first segment with too many combining marks, which no parameter may have.
  private(set) var crowdedSegment: Int?

  /// Throws `malformed_request` for text that is not UTF-8 or has control characters, and `not_found` for empty segments, dot segments
  /// and encoded slashes, which no route has.
  init(_ target: some Collection<UInt8>) throws(ChatError) {
    guard target.first == UInt8(ascii: "/") else { throw ChatError(.malformedRequest, "The path does not begin with a slash.") }
    bytes.reserveCapacity(target.count)
    segments.reserveCapacity(8)
    for raw in target.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      let start = bytes.count
      try PercentEncoding.decoding(raw, into: &bytes)
      let segment = bytes[start...]
      guard segment.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
        throw ChatError(.malformedRequest, "The path has a control character.")
      }
      try readText(segment)
      let isDots = segment.elementsEqual([UInt8(ascii: ".")]) || segment.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")])
      guard !segment.isEmpty, !isDots, !segment.contains(UInt8(ascii: "/")) else { throw .noRoute }
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

  private mutating func readText(_ segment: ArraySlice<UInt8>) throws(ChatError) {
    if segment.allSatisfy({ $0 < 0x80 }) { return }
    guard let text = String(validating: segment, as: UTF8.self) else { throw ChatError(.malformedRequest, "The path is not UTF-8 text.") }
    if crowdedSegment == nil, !CombiningMarkLimit.isBounded(in: text) { crowdedSegment = segments.count }
  }
}
