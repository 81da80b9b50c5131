// How a camera was held: the EXIF tag that turns a picture upright (CIPA DC-008 section 4.6.4).

struct Orientation: Equatable {
  static let upright = Orientation(value: 1)

  /// 1 to 8: as it stands, mirrored, upside down, …; 5 to 8 lie on their side.
  let value: UInt8

  private init(value: UInt8) {
    self.value = value
  }

  var isUpright: Bool { value == 1 }

  /// The size of a picture whose rows have this size, once it stands upright.
  func turned(_ size: ImageSize) -> ImageSize {
    value >= 5 ? ImageSize(width: size.height, height: size.width) : size
  }

  /// Reads the tag in a TIFF structure; upright where there is none, or the structure is broken: a decoder does the same. The reader stays
  /// where it is.
  init(_ reader: inout ByteReader, tiff: Range<Int>) throws(MediaError) {
    let back = reader.offset
    let value: Int?
    do throws(MediaError) {
      value = try Self.tag(&reader, tiff)
    } catch .malformed {
      value = nil
    }
    try reader.seek(to: back)
    self.value = value.flatMap { (1...8).contains($0) ? UInt8($0) : nil } ?? 1
  }

  /// A TIFF structure with this tag alone.
  var tiff: [UInt8] {
    Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
  }

  private static let tagNumber = 0x0112
  private static let shortType = 3
  private static let entriesMax = 1024

  private static func tag(_ reader: inout ByteReader, _ tiff: Range<Int>) throws(MediaError) -> Int? {
    guard tiff.count >= 14 else { return nil }
    try reader.seek(to: tiff.lowerBound)
    let order: ByteReader.ByteOrder
    switch try reader.number(2) {
    case 0x4949: order = .little
    case 0x4D4D: order = .big
    default: return nil
    }
    guard try reader.number(2, order) == 42 else { return nil }
    let directory = try reader.number(4, order)
    guard directory <= tiff.count - 2 else { return nil }
    try reader.seek(to: tiff.lowerBound + directory)
    let entries = min(try reader.number(2, order), entriesMax, (tiff.upperBound - reader.offset) / 12)
    for _ in 0..<entries {
      let (number, type) = (try reader.number(2, order), try reader.number(2, order))
      let count = try reader.number(4, order)
      let value = try reader.number(2, order)
      if number == tagNumber { return type == shortType && count == 1 ? value : nil }
      try reader.skip(2)
    }
    return nil
  }
}
