// JPEG: segments, each behind a marker (ITU-T T.81 annex B).

enum JPEG {
  struct Segment {
    let marker: UInt8
    /// What follows the segment's length; empty for markers without one.
    let payload: Range<Int>
  }

  enum Marker {
    static let startOfImage: UInt8 = 0xD8
    static let endOfImage: UInt8 = 0xD9
    static let startOfScan: UInt8 = 0xDA
    static let app0: UInt8 = 0xE0
    static let app1: UInt8 = 0xE1
    static let app2: UInt8 = 0xE2
    static let app14: UInt8 = 0xEE
    static let comment: UInt8 = 0xFE

    /// SOF0 to SOF15, among whose numbers DHT, JPG and DAC are.
    static func isFrame(_ marker: UInt8) -> Bool {
      (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    /// DHT, DAC, DQT, DNL, DRI, DHP, EXP: tables that a decoder needs.
    static func isTable(_ marker: UInt8) -> Bool { marker == 0xC4 || marker == 0xCC || (0xDB...0xDF).contains(marker) }

    static func isRestart(_ marker: UInt8) -> Bool { (0xD0...0xD7).contains(marker) }
    static func isApplication(_ marker: UInt8) -> Bool { (0xE0...0xEF).contains(marker) }
  }

  /// What the segments before the first scan say.
  struct Head {
    var size: ImageSize?
    var orientation: Orientation?
    /// JFIF's version, units and density.
    var jfif: [UInt8]?
  }

  static let exifPrefix = Array("Exif\0".utf8)
  static let jfifPrefix = Array("JFIF\0".utf8)
  static let iccPrefix = Array("ICC_PROFILE\0".utf8)
  static let adobePrefix = Array("Adobe".utf8)

  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize {
    var reader = ByteReader(source)
    let head = try head(&reader)
    guard let size = head.size else { throw .malformed("The JPEG has no frame.") }
    return (head.orientation ?? .upright).turned(size)
  }

  /// Reads up to the first scan, and leaves the reader there.
  static func head(_ reader: inout ByteReader) throws(MediaError) -> Head {
    try start(&reader)
    var head = Head()
    for _ in 0..<ImageSize.partsMax {
      let segment = try nextSegment(&reader)
      switch segment.marker {
      case Marker.startOfScan:
        guard head.size != nil else { throw .malformed("The JPEG has no frame before its scan.") }
        return head
      case Marker.endOfImage:
        throw .malformed("The JPEG ends before its picture.")
      case let marker where Marker.isFrame(marker):
        // A decoder would take one of them: which one?
        guard head.size == nil else { throw .malformed("The JPEG has two frames.") }
        head.size = try frameSize(&reader, segment)
      case Marker.app0 where head.jfif == nil && segment.payload.count >= 14:
        guard try reader.matches(jfifPrefix, at: segment.payload.lowerBound) else { break }
        try reader.seek(to: segment.payload.lowerBound)
        head.jfif = try reader.bytes(12)
      case Marker.app1 where head.orientation == nil && segment.payload.count >= 6:
        guard try reader.matches(exifPrefix, at: segment.payload.lowerBound) else { break }
        head.orientation = try Orientation(&reader, tiff: segment.payload.lowerBound + 6..<segment.payload.upperBound)
      default: break
      }
      try reader.seek(to: segment.payload.upperBound)
    }
    throw .malformed("The JPEG has too many segments.")
  }

  /// Reads the marker of the beginning.
  static func start(_ reader: inout ByteReader) throws(MediaError) {
    try reader.seek(to: 0)
    guard try reader.number(2) == 0xFFD8 else { throw .malformed("This is no JPEG.") }
  }

  /// Reads a marker and a length, and leaves the reader at the payload. Throws for what no decoder expects between segments.
  static func nextSegment(_ reader: inout ByteReader) throws(MediaError) -> Segment {
    guard try reader.byte() == 0xFF else { throw .malformed("A marker is missing in the JPEG.") }
    // Any number of fill bytes may stand before a marker's number.
    var marker = try reader.byte()
    while marker == 0xFF { marker = try reader.byte() }
    if marker == Marker.endOfImage { return Segment(marker: marker, payload: reader.offset..<reader.offset) }
    let isKnown =
      Marker.isFrame(marker) || Marker.isTable(marker) || Marker.isApplication(marker) || marker == Marker.startOfScan
      || marker == Marker.comment
    guard isKnown else { throw .malformed("The JPEG has a marker that is not expected there.") }
    let length = try reader.number(2)
    guard length >= 2, length - 2 <= reader.remaining else { throw .truncated }
    return Segment(marker: marker, payload: reader.offset..<reader.offset + length - 2)
  }

  private static func frameSize(_ reader: inout ByteReader, _ segment: Segment) throws(MediaError) -> ImageSize {
    guard segment.payload.count >= 6 else { throw .malformed("The JPEG's frame is too short.") }
    try reader.skip(1)
    let (height, width) = (try reader.number(2), try reader.number(2))
    let components = Int(try reader.byte())
    guard components > 0, segment.payload.count == 6 + 3 * components else { throw .malformed("The JPEG's frame is too short.") }
    // A height of 0 is told after the first scan (DNL), which browsers do not read.
    guard width > 0, height > 0 else { throw .malformed("The JPEG does not tell its size.") }
    return ImageSize(width: width, height: height)
  }
}
