// Copies a HEIC or AVIF with the bytes of its metadata blanked, so that every other byte stays where the boxes say it is.

extension HEIF {
  /// Blanks the items that are no images (EXIF, XMP), names, and boxes that no decoder needs, whose type becomes `free`. How the picture is
  /// turned is said by the properties `irot` and `imir`, which stay.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    var metadata = BoxMetadata()
    try metadata.collectPicture(&copy.reader)
    try copy.copyAll(replacing: metadata.edits)
  }
}
