// Reads a source forwards, through a window of it.

/// A place in a source, and the window around it. No read goes past `end`: what a structure claims beyond it is an error.
struct ByteReader {
  /// Bytes of the window. Small, since most readers go from one header to the next.
  static let windowBytes = 16 << 10

  let source: any ByteSource
  let end: Int
  /// Where the next byte is read.
  private(set) var offset: Int

  private var window: [UInt8]
  private var windowStart = 0
  private var windowCount = 0

  init(_ source: any ByteSource, windowBytes: Int = ByteReader.windowBytes) {
    self.source = source
    end = max(0, source.count)
    offset = 0
    window = [UInt8](repeating: 0, count: max(1, min(windowBytes, max(0, source.count))))
  }

  var remaining: Int { end - offset }

  /// Goes to a place in the source, at most its end.
  mutating func seek(to place: Int) throws(MediaError) {
    guard place >= 0, place <= end else { throw .truncated }
    offset = place
  }

  /// Goes back to where the reader has been.
  mutating func stay(at place: Int) {
    offset = min(max(0, place), end)
  }

  mutating func skip(_ count: Int) throws(MediaError) {
    guard count >= 0, count <= remaining else { throw .truncated }
    offset += count
  }

  mutating func byte() throws(MediaError) -> UInt8 {
    let index = try filled()
    offset += 1
    return window[index]
  }

  mutating func bytes(_ count: Int) throws(MediaError) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw .truncated }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    try forEachPart(count) { bytes += $0 }
    return bytes
  }

  /// Whether the bytes at `place` are these.
  mutating func matches(_ bytes: some Collection<UInt8>, at place: Int) throws(MediaError) -> Bool {
    guard place >= 0, place <= end, bytes.count <= end - place else { return false }
    let back = offset
    defer { offset = back }
    offset = place
    for expected in bytes where try byte() != expected { return false }
    return true
  }

  /// Goes to the next such byte, or to `end`. Returns whether there is one.
  mutating func find(_ wanted: UInt8) throws(MediaError) -> Bool {
    while offset < end {
      var index = try filled()
      while index < windowCount, window[index] != wanted { index += 1 }
      offset = windowStart + index
      if index < windowCount { return true }
    }
    return false
  }

  /// Gives `body` the next `count` bytes, a window at a time.
  mutating func forEachPart(_ count: Int, _ body: (ArraySlice<UInt8>) throws(MediaError) -> Void) throws(MediaError) {
    guard count >= 0, count <= remaining else { throw .truncated }
    var rest = count
    while rest > 0 {
      let index = try filled()
      let part = min(rest, windowCount - index)
      try body(window[index..<index + part])
      offset += part
      rest -= part
    }
  }

  /// The place of the next byte in the window, which is filled anew when it does not reach there.
  private mutating func filled() throws(MediaError) -> Int {
    guard offset < end else { throw .truncated }
    if offset >= windowStart, offset - windowStart < windowCount { return offset - windowStart }
    do {
      let got = try source.read(at: offset, into: &window)
      windowStart = offset
      windowCount = min(got, end - offset)
    } catch {
      throw .failed(error)
    }
    // A file that has become shorter meanwhile.
    guard windowCount > 0 else { throw .truncated }
    return 0
  }
}

// MARK: Numbers

extension ByteReader {
  enum ByteOrder { case big, little }

  /// An unsigned number of `byteCount` bytes, at most 8; one that no Int holds is an error.
  mutating func number(_ byteCount: Int, _ order: ByteOrder = .big) throws(MediaError) -> Int {
    var value: UInt64 = 0
    for index in 0..<byteCount {
      let byte = UInt64(try byte())
      value = order == .big ? value << 8 | byte : value | byte << UInt64(8 * index)
    }
    guard let number = Int(exactly: value) else { throw .malformed("A number in the file is too large.") }
    return number
  }

  /// The next bytes as text of one byte a character: a chunk's or a box's type.
  mutating func fourCharacters() throws(MediaError) -> FourCharacters {
    FourCharacters(bits: UInt32(truncatingIfNeeded: try number(4)))
  }
}

/// The type of a chunk (PNG, RIFF) or a box (ISO BMFF).
struct FourCharacters: Hashable, ExpressibleByStringLiteral {
  let bits: UInt32

  init(bits: UInt32) {
    self.bits = bits
  }

  init(stringLiteral text: StaticString) {
    bits = text.description.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  var bytes: [UInt8] {
    [
      UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
      UInt8(truncatingIfNeeded: bits),
    ]
  }
}
