// The text of an SQL statement, which each connection prepares once.

/// Prepared statements are found by the address of their text, so a text lives as long as the program. A literal does; a text that is put
/// together (`composing`) must be kept in a `static let`.
public struct Statement: ExpressibleByStringLiteral, @unchecked Sendable {
  // Unchecked: the bytes are never changed and never freed.
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let count: Int

  @inlinable
  public init(stringLiteral text: StaticString) {
    start = text.utf8Start
    count = text.utf8CodeUnitCount
  }

  /// A text with column lists or numbers of enums in it. Never frees the copy: for a `static let` only, never for what a user typed.
  public init(composing text: String) {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = bytes.initialize(from: text.utf8)
    start = UnsafePointer(bytes.baseAddress ?? UnsafeMutablePointer<UInt8>.allocate(capacity: 1))
    count = bytes.count
  }

  public var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
}
