// GIF.

enum GIF {
  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize { throw .malformed("not yet") }
  static func strip(_ copy: inout CopyingReader) throws(MediaError) { throw .malformed("not yet") }
}
