// GIF: blocks behind a screen's size (GIF89a specification).

enum GIF {
  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize {
    var reader = ByteReader(source)
    return try screen(&reader).size
  }

  /// Reads the signature, the screen and its colours, and leaves the reader at the first block.
  static func screen(_ reader: inout ByteReader) throws(MediaError) -> (size: ImageSize, end: Int) {
    let isKnown = try reader.matches("GIF89a".utf8, at: 0) ? true : try reader.matches("GIF87a".utf8, at: 0)
    guard isKnown else { throw .malformed("This is no GIF.") }
    try reader.seek(to: 6)
    let size = ImageSize(width: try reader.number(2, .little), height: try reader.number(2, .little))
    let flags = try reader.byte()
    try reader.skip(2)
    try reader.skip(colourBytes(flags))
    return (size, reader.offset)
  }

  /// Bytes of the table of colours that follows these flags.
  static func colourBytes(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }

  /// Goes over sub-blocks, up to and with the empty one that ends them.
  static func skipSubBlocks(_ reader: inout ByteReader) throws(MediaError) {
    while true {
      let count = Int(try reader.byte())
      if count == 0 { return }
      try reader.skip(count)
    }
  }
}
