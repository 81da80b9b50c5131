// Copies a HEIC or AVIF with the bytes of its metadata blanked, so that every other byte stays where the boxes say it is.

extension HEIF {
  /// Bytes of the source that are replaced by as many others.
  struct Edit {
    let range: Range<Int>
    /// What is written at the range's beginning; zeros follow.
    let bytes: [UInt8]
  }

  /// Blanks the items that are no images (EXIF, XMP), names, and boxes that no decoder needs, whose type becomes `free`. How the picture is
  /// turned is said by the properties `irot` and `imir`, which stay.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    _ = try size(copy.reader.source)
    var metadata = HEIFMetadata()
    try metadata.collect(&copy.reader)
    let edits = metadata.edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
    var place = 0
    for edit in edits {
      guard edit.range.lowerBound >= place else { throw .malformed("Two parts of the picture's metadata overlap.") }
      try copy.copy(place..<edit.range.lowerBound)
      try copy.output.write(Array(edit.bytes.prefix(edit.range.count)))
      try writeZeros(edit.range.count - min(edit.bytes.count, edit.range.count), copy.output)
      place = edit.range.upperBound
    }
    try copy.copy(place..<copy.reader.end)
  }

  private static func writeZeros(_ count: Int, _ output: Output) throws(MediaError) {
    let zeros = [UInt8](repeating: 0, count: min(count, ByteReader.windowBytes))
    var rest = count
    while rest > 0 {
      try output.put(zeros.prefix(rest))
      rest -= min(rest, zeros.count)
    }
  }
}
