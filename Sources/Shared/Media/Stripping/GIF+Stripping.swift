// Copies a GIF without comments, plain text and the data of programs.

extension GIF {
  private static let loopNames = [Array("NETSCAPE2.0".utf8), Array("ANIMEXTS1.0".utf8)]

  /// Keeps the screen, the frames with their timing, and how often they are repeated.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    let screen = try screen(&copy.reader)
    try copy.copy(0..<screen.end)
    var hasFrame = false
    while true {
      switch try copy.reader.byte() {
      case 0x21:
        try copyExtension(&copy)
      case 0x2C:
        try copyFrame(&copy, screen.size)
        hasFrame = true
      case 0x3B:
        guard hasFrame else { throw .malformed("The GIF has no picture.") }
        return try copy.output.write([0x3B])
      default:
        throw .malformed("The GIF has a block that is not known.")
      }
    }
  }

  private static func copyExtension(_ copy: inout CopyingReader) throws(MediaError) {
    let label = try copy.reader.byte()
    switch label {
    case 0xF9:
      // Timing and transparency of the next frame: four bytes.
      guard try copy.reader.byte() == 4 else { throw .malformed("A frame's timing in the GIF is not sound.") }
      try copy.output.write([0x21, 0xF9, 4] + (try copy.reader.bytes(4)) + [0])
    case 0xFF:
      guard try copy.reader.byte() == 11 else { throw .malformed("The GIF has an extension that is not sound.") }
      let name = try copy.reader.bytes(11)
      if loopNames.contains(name), let loop = try loopCount(&copy.reader) {
        return try copy.output.write([0x21, 0xFF, 11] + name + [3, 1] + loop + [0])
      }
    default: break
    }
    try skipSubBlocks(&copy.reader)
  }

  /// The number of repetitions in a loop extension, which is read to its end; nil if there is none, when the reader stays.
  private static func loopCount(_ reader: inout ByteReader) throws(MediaError) -> [UInt8]? {
    guard try reader.matches([3, 1], at: reader.offset) else { return nil }
    try reader.skip(2)
    let count = try reader.bytes(2)
    try skipSubBlocks(&reader)
    return count
  }

  private static func copyFrame(_ copy: inout CopyingReader, _ screen: ImageSize) throws(MediaError) {
    let start = copy.reader.offset - 1
    let (left, top) = (try copy.reader.number(2, .little), try copy.reader.number(2, .little))
    let (width, height) = (try copy.reader.number(2, .little), try copy.reader.number(2, .little))
    // Decoders make the picture as large as such a frame, whatever size the header told.
    guard left + width <= screen.width, top + height <= screen.height else {
      throw .malformed("A frame of the GIF is larger than the GIF.")
    }
    let flags = try copy.reader.byte()
    try copy.reader.skip(colourBytes(flags) + 1)
    try skipSubBlocks(&copy.reader)
    try copy.copy(start..<copy.reader.offset)
  }
}
