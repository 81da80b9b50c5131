// Copies a PNG without its texts, times and unknown chunks.

extension PNG {
  /// The critical chunks, and those that tell of colours, density and movement.
  private static let kept: Set<FourCharacters> = [
    "IHDR", "PLTE", "IDAT", "tRNS", "sRGB", "gAMA", "cHRM", "iCCP", "cICP", "mDCV", "cLLI", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
  ]

  /// Keeps the chunks in `kept`, whose check sums must be right, and an eXIf chunk with the orientation alone if the picture needs turning.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    _ = try header(&copy.reader)
    let headerEnd = copy.reader.offset
    let orientation = try orientation(&copy.reader)
    try copy.copy(0..<signature.count)
    var hasData = false
    while true {
      let chunk = try nextChunk(&copy.reader)
      if chunk.type == "IEND" {
        guard hasData, chunk.data.isEmpty else { throw .malformed("The PNG ends before its picture.") }
        return try copyChunk(chunk, &copy)
      }
      if kept.contains(chunk.type) {
        guard chunk.type != "IHDR" || chunk.end == headerEnd else { throw .malformed("The PNG has two headers.") }
        hasData = hasData || chunk.type == "IDAT"
        try copyChunk(chunk, &copy)
      } else if chunk.type.bytes[0] & 0x20 == 0 {
        throw .malformed("The PNG has a critical chunk that is not known.")
      }
      if chunk.end == headerEnd, !orientation.isUpright { try write("eXIf", orientation.tiff, copy.output) }
      try copy.reader.seek(to: chunk.end)
    }
  }

  private static func copyChunk(_ chunk: Chunk, _ copy: inout CopyingReader) throws(MediaError) {
    var sum = CRC32()
    sum.add(chunk.type.bytes[...])
    try copy.output.write(bigEndian(UInt32(truncatingIfNeeded: chunk.data.count)) + chunk.type.bytes)
    try copy.reader.seek(to: chunk.data.lowerBound)
    let output = copy.output
    try copy.reader.forEachPart(chunk.data.count) { part throws(MediaError) in
      sum.add(part)
      try output.put(part)
    }
    guard try copy.reader.number(4) == Int(sum.value) else { throw .malformed("A check sum in the PNG is wrong.") }
    try copy.output.write(bigEndian(sum.value))
  }

  private static func write(_ type: FourCharacters, _ data: [UInt8], _ output: Output) throws(MediaError) {
    var sum = CRC32()
    sum.add((type.bytes + data)[...])
    try output.write(bigEndian(UInt32(truncatingIfNeeded: data.count)) + type.bytes + data + bigEndian(sum.value))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] { FourCharacters(bits: number).bytes }
}
