// The path below which a site is served.

/// Empty, or segments of letters, digits, `-` and `_`, each after a slash: cookies, URLs and the patterns of nginx read all of them alike.
public struct SitePath: Equatable, Sendable {
  /// Bytes of the longest path.
  public static let bytesMax = 128
  public static let wanted = "segments of letters, digits, - and _, at most \(bytesMax) bytes in all, such as /chat/"
  public static let root = SitePath()

  /// Without a slash at its end: `/chat`.
  public let text: String

  private init() {
    text = ""
  }

  /// Reads `/chat/` and `/chat`; `/` and nothing are the root. Nil for anything else.
  public init?(_ path: String) {
    let trimmed = path.hasSuffix("/") ? path.dropLast() : path[...]
    guard trimmed.utf8.count <= Self.bytesMax else { return nil }
    let segments = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.first?.isEmpty ?? true, segments.dropFirst().allSatisfy(Self.isSegment) else { return nil }
    text = String(trimmed)
  }

  private static func isSegment(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
