// HEIC and AVIF: items in boxes (ISO/IEC 14496-12, 23008-12).

enum HEIF {
  struct Box {
    let type: FourCharacters
    /// Where the type stands, four bytes.
    let typeStart: Int
    /// What follows size and type, for `uuid` with the long type.
    let payload: Range<Int>
  }

  /// Boxes, properties and items of a picture: a photograph of a telephone has about 50 tiles.
  static let itemsMax = 1024

  static func size(_ source: any ByteSource) throws(MediaError) -> ImageSize {
    var reader = ByteReader(source)
    var sizes: [ImageSize] = []
    try forEachBox(&reader, in: 0..<reader.end) { reader, box throws(MediaError) in
      if box.type == "meta" { sizes.append(try primarySize(&reader, box)) }
    }
    guard sizes.count == 1, let size = sizes.first else { throw .malformed("The picture has no description.") }
    return size
  }

  /// Gives `body` each box of a range. The reader is at its payload, and may be left anywhere.
  static func forEachBox(
    _ reader: inout ByteReader, in range: Range<Int>, _ body: (inout ByteReader, Box) throws(MediaError) -> Void
  ) throws(MediaError) {
    var place = range.lowerBound
    for _ in 0..<itemsMax {
      if place == range.upperBound { return }
      try reader.seek(to: place)
      let box = try nextBox(&reader, in: range)
      try body(&reader, box)
      place = box.payload.upperBound
    }
    throw .malformed("The file has too many boxes.")
  }

  /// Reads size and type of a box, which must end in `range`, and leaves the reader at its payload.
  static func nextBox(_ reader: inout ByteReader, in range: Range<Int>) throws(MediaError) -> Box {
    let start = reader.offset
    guard range.upperBound - start >= 8 else { throw .malformed("The file has a box that is cut off.") }
    var size = try reader.number(4)
    let type = try reader.fourCharacters()
    // 1: the size follows, in eight bytes. 0: the box goes on to the end of the file.
    if size == 1, range.upperBound - reader.offset >= 8 { size = try reader.number(8) }
    if size == 0, range.upperBound == reader.end { size = range.upperBound - start }
    guard size >= reader.offset - start, size <= range.upperBound - start else {
      throw .malformed("The file has a box that is cut off.")
    }
    return Box(type: type, typeStart: start + 4, payload: reader.offset..<start + size)
  }

  /// The place behind the version and the flags of a box that has them, and the version.
  static func versioned(_ reader: inout ByteReader, _ box: Box) throws(MediaError) -> (version: UInt8, content: Range<Int>) {
    guard box.payload.count >= 4 else { throw .malformed("The file has a box that is cut off.") }
    try reader.seek(to: box.payload.lowerBound)
    let version = try reader.byte()
    try reader.skip(3)
    return (version, reader.offset..<box.payload.upperBound)
  }

  // MARK: The primary item

  /// Properties of items that tell of sizes, by their number, which begins at 1.
  private struct Properties {
    var sizes: [Int: ImageSize] = [:]
    /// Those that turn by 90 or 270 degrees.
    var quarterTurns: Set<Int> = []
    var count = 0
  }

  private static func primarySize(_ reader: inout ByteReader, _ meta: Box) throws(MediaError) -> ImageSize {
    var primary: Int?
    var properties = Properties()
    var associations: [Box] = []
    try forEachBox(&reader, in: try versioned(&reader, meta).content) { reader, box throws(MediaError) in
      switch box.type {
      case "pitm":
        let version = try versioned(&reader, box).version
        primary = try reader.number(version == 0 ? 2 : 4)
      case "iprp":
        try forEachBox(&reader, in: box.payload) { reader, part throws(MediaError) in
          if part.type == "ipco" { try read(&properties, &reader, part) }
          if part.type == "ipma" { associations.append(part) }
        }
      default: break
      }
    }
    guard let primary else { throw .malformed("The picture does not say which of its images is shown.") }
    // A tile or a mask of this size would be decoded, too.
    if let tooLarge = properties.sizes.values.first(where: { !$0.isWithinLimits }) { return tooLarge }
    var numbers: [Int] = []
    for box in associations { numbers += try propertyNumbers(&reader, box, of: primary) }
    guard let size = numbers.compactMap({ properties.sizes[$0] }).first else { throw .malformed("The picture does not tell its size.") }
    let isTurned = numbers.filter(properties.quarterTurns.contains).count % 2 == 1
    return isTurned ? ImageSize(width: size.height, height: size.width) : size
  }

  private static func read(_ properties: inout Properties, _ reader: inout ByteReader, _ container: Box) throws(MediaError) {
    try forEachBox(&reader, in: container.payload) { reader, box throws(MediaError) in
      properties.count += 1
      switch box.type {
      case "ispe":
        guard box.payload.count >= 12 else { throw .malformed("The picture does not tell its size.") }
        try reader.skip(4)
        properties.sizes[properties.count] = ImageSize(width: try reader.number(4), height: try reader.number(4))
      case "irot":
        guard !box.payload.isEmpty else { throw .malformed("The file has a box that is cut off.") }
        if try reader.byte() & 1 == 1 { properties.quarterTurns.insert(properties.count) }
      default: break
      }
    }
  }

  /// The properties that a box `ipma` gives to an item.
  private static func propertyNumbers(_ reader: inout ByteReader, _ box: Box, of item: Int) throws(MediaError) -> [Int] {
    guard box.payload.count >= 8 else { throw .malformed("The file has a box that is cut off.") }
    let version = try reader.versionAndFlags(at: box.payload.lowerBound)
    let isLong = version.flags & 1 == 1
    var numbers: [Int] = []
    let entries = try reader.number(4)
    guard entries <= itemsMax else { throw .malformed("The picture has too many items.") }
    for _ in 0..<entries {
      let id = try reader.number(version.version == 0 ? 2 : 4)
      for _ in 0..<(try reader.byte()) {
        // The highest bit says that a decoder must know the property.
        let number = isLong ? try reader.number(2) & 0x7FFF : Int(try reader.byte() & 0x7F)
        if id == item { numbers.append(number) }
      }
      guard reader.offset <= box.payload.upperBound else { throw .malformed("The file has a box that is cut off.") }
    }
    return numbers
  }
}

extension ByteReader {
  /// The beginning of a box that has a version.
  mutating func versionAndFlags(at place: Int) throws(MediaError) -> (version: UInt8, flags: Int) {
    try seek(to: place)
    return (try byte(), try number(3))
  }
}
