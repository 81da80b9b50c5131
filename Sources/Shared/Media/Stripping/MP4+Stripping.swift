// Copies an MP4 or a QuickTime movie with the bytes of its metadata blanked, so that every other byte stays where the boxes say it is.

enum MP4 {
  /// Blanks what is beside the tracks and tells of them: user data, metadata, boxes of makers. Places, names, devices, titles and covers are
  /// there. What is recorded among sound and pictures, such as the places of an action camera, stays.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    var metadata = BoxMetadata()
    try metadata.collectMovie(&copy.reader)
    try copy.copyAll(replacing: metadata.edits)
  }
}
