// WebP: chunks in a RIFF file (RFC 9649).

enum WebP {
  struct Chunk {
    let type: FourCharacters
    let data: Range<Int>
    /// Where the next one begins: data of odd length have a byte of padding, which some programs leave out at the end.
    let end: Int
  }

  struct Head {
    /// The canvas.
    let size: ImageSize
    let isExtended: Bool
    /// The bits of the chunk VP8X.
    let flags: UInt8
    /// The chunks of the file.
    let content: Range<Int>
  }

  enum Flag {
    static let animation: UInt8 = 0x02
    static let xmp: UInt8 = 0x04
    static let exif: UInt8 = 0x08
    static let alpha: UInt8 = 0x10
    static let profile: UInt8 = 0x20
  }

  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize {
    var reader = ByteReader(source)
    let head = try head(&reader)
    guard head.isExtended, head.size.isWithinLimits else { return head.size }
    try checkImage(&reader, head)
    return try orientation(&reader, head).turned(head.size)
  }

  /// Reads the file's header and its first chunk.
  static func head(_ reader: inout ByteReader) throws(MediaError) -> Head {
    guard try reader.matches("RIFF".utf8, at: 0), try reader.matches("WEBP".utf8, at: 8) else { throw .malformed("This is no WebP.") }
    try reader.seek(to: 4)
    let length = try reader.number(4, .little)
    guard length >= 4, length <= reader.remaining else { throw .truncated }
    let content = 12..<8 + length
    try reader.seek(to: content.lowerBound)
    let first = try nextChunk(&reader, in: content)
    guard first.type == "VP8X" else {
      return Head(size: try imageSize(&reader, first), isExtended: false, flags: 0, content: content)
    }
    guard first.data.count == 10 else { throw .malformed("The WebP's header is not sound.") }
    let flags = try reader.byte()
    try reader.skip(3)
    let size = ImageSize(width: try reader.number(3, .little) + 1, height: try reader.number(3, .little) + 1)
    return Head(size: size, isExtended: true, flags: flags, content: content)
  }

  /// Reads a type and a length, and leaves the reader at the data.
  static func nextChunk(_ reader: inout ByteReader, in content: Range<Int>) throws(MediaError) -> Chunk {
    guard content.upperBound - reader.offset >= 8 else { throw .malformed("The WebP has a chunk that is cut off.") }
    let type = try reader.fourCharacters()
    let length = try reader.number(4, .little)
    guard length <= content.upperBound - reader.offset else { throw .malformed("The WebP has a chunk that is cut off.") }
    let data = reader.offset..<reader.offset + length
    return Chunk(type: type, data: data, end: min(data.upperBound + length % 2, content.upperBound))
  }

  /// Gives `body` each chunk of a range. The reader is at its data, and may be left anywhere.
  static func forEachChunk(
    _ reader: inout ByteReader, in content: Range<Int>, _ body: (inout ByteReader, Chunk) throws(MediaError) -> Void
  ) throws(MediaError) {
    var place = content.lowerBound
    for _ in 0..<ImageSize.partsMax {
      if place == content.upperBound { return }
      try reader.seek(to: place)
      let chunk = try nextChunk(&reader, in: content)
      try body(&reader, chunk)
      place = chunk.end
    }
    throw .malformed("The WebP has too many chunks.")
  }

  /// The size in a bitstream's header (RFC 6386 section 9.1, RFC 9649 section 3.4).
  static func imageSize(_ reader: inout ByteReader, _ chunk: Chunk) throws(MediaError) -> ImageSize {
    switch chunk.type {
    case "VP8 " where chunk.data.count >= 10:
      let isKeyFrame = try reader.byte() & 1 == 0
      try reader.skip(2)
      guard isKeyFrame, try reader.number(3) == 0x9D012A else { throw .malformed("The WebP's picture is not sound.") }
      return ImageSize(width: try reader.number(2, .little) & 0x3FFF, height: try reader.number(2, .little) & 0x3FFF)
    case "VP8L" where chunk.data.count >= 5:
      guard try reader.byte() == 0x2F else { throw .malformed("The WebP's picture is not sound.") }
      let bits = try reader.number(4, .little)
      return ImageSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    default:
      throw .malformed("The WebP has no picture.")
    }
  }

  /// A still picture is as large as its canvas; a frame lies within it. Otherwise a header could promise less than a decoder unpacks.
  private static func checkImage(_ reader: inout ByteReader, _ head: Head) throws(MediaError) {
    let isAnimated = head.flags & Flag.animation != 0
    var images = 0
    try forEachChunk(&reader, in: head.content) { reader, chunk throws(MediaError) in
      switch chunk.type {
      case "VP8 ", "VP8L":
        guard !isAnimated, try imageSize(&reader, chunk) == head.size else { throw .malformed("The WebP contradicts itself on its size.") }
        images += 1
      case "ANMF":
        guard isAnimated, chunk.data.count >= frameHeaderBytes else { throw .malformed("A frame of the WebP is not sound.") }
        let (left, top) = (2 * (try reader.number(3, .little)), 2 * (try reader.number(3, .little)))
        let (width, height) = (try reader.number(3, .little) + 1, try reader.number(3, .little) + 1)
        guard left + width <= head.size.width, top + height <= head.size.height else {
          throw .malformed("A frame of the WebP is larger than the WebP.")
        }
        images += 1
      default: break
      }
    }
    guard images > 0, isAnimated || images == 1 else { throw .malformed("The WebP has no picture.") }
  }

  /// Place, size, duration and flags of a frame.
  static let frameHeaderBytes = 16

  /// What the chunk EXIF says.
  static func orientation(_ reader: inout ByteReader, _ head: Head) throws(MediaError) -> Orientation {
    var found: Orientation?
    guard head.isExtended else { return .upright }
    try forEachChunk(&reader, in: head.content) { reader, chunk throws(MediaError) in
      guard chunk.type == "EXIF", found == nil else { return }
      // Some programs write the prefix that EXIF has in a JPEG.
      let hasPrefix = try reader.matches(JPEG.exifPrefix, at: chunk.data.lowerBound) && chunk.data.count >= 6
      found = try Orientation(&reader, tiff: (hasPrefix ? chunk.data.lowerBound + 6 : chunk.data.lowerBound)..<chunk.data.upperBound)
    }
    return found ?? .upright
  }
}
