// Copies a WebP without EXIF, XMP and unknown chunks.

extension WebP {
  private static let kept: Set<FourCharacters> = ["VP8X", "ICCP", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"]
  private static let keptInFrame: Set<FourCharacters> = ["ALPH", "VP8 ", "VP8L"]

  /// Keeps the picture or its frames, the colour profile, and a chunk EXIF with the orientation alone if the picture needs turning.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    _ = try size(copy.reader.source)
    let head = try head(&copy.reader)
    let orientation = try orientation(&copy.reader, head)
    let exif = orientation.isUpright ? [] : orientation.tiff
    // The length of all stands before everything.
    var count = 4 + (exif.isEmpty ? 0 : 8 + exif.count)
    try forEachKept(&copy.reader, head) { reader, chunk throws(MediaError) in
      let data = try keptBytes(&reader, chunk)
      count += 8 + data + data % 2
    }
    guard let length = UInt32(exactly: count) else { throw .malformed("The WebP is too large.") }
    try copy.output.write(Array("RIFF".utf8) + littleEndian(length) + "WEBP".utf8)
    let output = copy.output
    try forEachKept(&copy.reader, head) { reader, chunk throws(MediaError) in
      try put(chunk, &reader, output, isTurned: !exif.isEmpty)
    }
    if !exif.isEmpty { try copy.output.write(Array("EXIF".utf8) + littleEndian(UInt32(truncatingIfNeeded: exif.count)) + exif) }
  }

  /// The chunks of the picture; the first alone if there is no header that announces others.
  private static func forEachKept(
    _ reader: inout ByteReader, _ head: Head, _ body: (inout ByteReader, Chunk) throws(MediaError) -> Void
  ) throws(MediaError) {
    try forEachChunk(&reader, in: head.content) { reader, chunk throws(MediaError) in
      let isFirst = chunk.data.lowerBound == head.content.lowerBound + 8
      guard chunk.type != "VP8X" || isFirst else { throw .malformed("The WebP has two headers.") }
      if isFirst || head.isExtended && kept.contains(chunk.type) { try body(&reader, chunk) }
    }
  }

  /// Bytes of a chunk's data in the copy.
  private static func keptBytes(_ reader: inout ByteReader, _ chunk: Chunk) throws(MediaError) -> Int {
    guard chunk.type == "ANMF" else { return chunk.data.count }
    var count = frameHeaderBytes
    try forEachChunk(&reader, in: frameContent(chunk)) { _, part throws(MediaError) in
      if keptInFrame.contains(part.type) { count += 8 + part.data.count + part.data.count % 2 }
    }
    return count
  }

  private static func frameContent(_ chunk: Chunk) -> Range<Int> {
    min(chunk.data.lowerBound + frameHeaderBytes, chunk.data.upperBound)..<chunk.data.upperBound
  }

  private static func put(_ chunk: Chunk, _ reader: inout ByteReader, _ output: Output, isTurned: Bool) throws(MediaError) {
    switch chunk.type {
    case "VP8X":
      let flags = head(flags: try reader.byte(), isTurned: isTurned)
      try reader.skip(3)
      try output.write(Array("VP8X".utf8) + littleEndian(10) + [flags, 0, 0, 0] + (try reader.bytes(6)))
    case "ANMF":
      let count = try keptBytes(&reader, chunk)
      try output.write(Array("ANMF".utf8) + littleEndian(UInt32(truncatingIfNeeded: count)))
      try reader.seek(to: chunk.data.lowerBound)
      try output.write(try reader.bytes(frameHeaderBytes))
      try forEachChunk(&reader, in: frameContent(chunk)) { reader, part throws(MediaError) in
        if keptInFrame.contains(part.type) { try putWhole(part, &reader, output) }
      }
    default:
      try putWhole(chunk, &reader, output)
    }
  }

  private static func head(flags: UInt8, isTurned: Bool) -> UInt8 {
    flags & (Flag.animation | Flag.alpha | Flag.profile) | (isTurned ? Flag.exif : 0)
  }

  private static func putWhole(_ chunk: Chunk, _ reader: inout ByteReader, _ output: Output) throws(MediaError) {
    try output.write(chunk.type.bytes + littleEndian(UInt32(truncatingIfNeeded: chunk.data.count)))
    try reader.forEachPart(chunk.data.count) { part throws(MediaError) in try output.put(part) }
    if chunk.data.count % 2 == 1 { try output.write([0]) }
  }

  private static func littleEndian(_ number: UInt32) -> [UInt8] { FourCharacters(bits: number).bytes.reversed() }
}
