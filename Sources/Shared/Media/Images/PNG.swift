// PNG: chunks with a length, a type and a check sum (ISO/IEC 15948).

enum PNG {
  struct Chunk {
    let type: FourCharacters
    let data: Range<Int>

    /// Where the next chunk begins, behind the check sum.
    var end: Int { data.upperBound + 4 }
  }

  struct Head {
    let size: ImageSize
    var orientation = Orientation.upright
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize {
    var reader = ByteReader(source)
    let size = try header(&reader)
    // Nobody needs to know how it stands.
    guard size.isWithinLimits else { return size }
    return try orientation(&reader).turned(size)
  }

  /// Reads the signature and the chunk IHDR, and leaves the reader behind it.
  static func header(_ reader: inout ByteReader) throws(MediaError) -> ImageSize {
    guard try reader.matches(signature, at: 0) else { throw .malformed("This is no PNG.") }
    try reader.seek(to: signature.count)
    let chunk = try nextChunk(&reader)
    guard chunk.type == "IHDR", chunk.data.count == 13 else { throw .malformed("The PNG does not begin with its header.") }
    let size = ImageSize(width: try reader.number(4), height: try reader.number(4))
    let (depth, colour) = (try reader.byte(), try reader.byte())
    let (compression, filter, interlace) = (try reader.byte(), try reader.byte(), try reader.byte())
    guard depths[colour]?.contains(depth) == true, compression == 0, filter == 0, interlace <= 1 else {
      throw .malformed("The PNG's header is not sound.")
    }
    guard size.width <= numberMax, size.height <= numberMax else { throw .malformed("The PNG's header is not sound.") }
    try reader.seek(to: chunk.end)
    return size
  }

  /// Walks the other chunks up to the end for what eXIf says; from behind the header.
  static func orientation(_ reader: inout ByteReader) throws(MediaError) -> Orientation {
    var found: Orientation?
    for _ in 0..<ImageSize.partsMax {
      let chunk = try nextChunk(&reader)
      if chunk.type == "IEND" { return found ?? .upright }
      if chunk.type == "eXIf", found == nil { found = try Orientation(&reader, tiff: chunk.data) }
      try reader.seek(to: chunk.end)
    }
    throw .malformed("The PNG has too many chunks.")
  }

  /// Reads a length and a type, and leaves the reader at the data.
  static func nextChunk(_ reader: inout ByteReader) throws(MediaError) -> Chunk {
    let length = try reader.number(4)
    let type = try reader.fourCharacters()
    guard type.bytes.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else { throw .malformed("The PNG has a chunk without a type.") }
    guard length <= numberMax, length + 4 <= reader.remaining else { throw .truncated }
    return Chunk(type: type, data: reader.offset..<reader.offset + length)
  }

  /// The largest length and side.
  private static let numberMax = Int(Int32.max)

  /// Bits of a sample by type of colour.
  private static let depths: [UInt8: Set<UInt8>] = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
}
