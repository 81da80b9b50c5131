// Finds the metadata in the boxes of a HEIC, an AVIF, an MP4 or a QuickTime movie.

struct BoxMetadata {
  private(set) var edits: [Edit] = []

  /// Where items may lie.
  private var mediaData: [Range<Int>] = []
  /// The items that are no images, by number, with their type.
  private var items: [Int: FourCharacters] = [:]
  private var locations: HEIF.Box?
  private var embeddedData: Range<Int>?

  private static let topLevel: Set<FourCharacters> = ["ftyp", "meta", "mdat", "moov"]
  private static let inMeta: Set<FourCharacters> = ["hdlr", "dinf", "pitm", "iloc", "iinf", "iref", "iprp", "idat", "grpl", "ipro"]
  /// Where sequences of pictures have their tracks.
  private static let containers: Set<FourCharacters> = ["moov", "trak", "mdia", "minf", "edts"]
  /// Where cameras write places, names and devices, and programs titles; also what is left where something was.
  private static let notInTracks: Set<FourCharacters> = ["udta", "meta", "uuid", "free", "skip"]
  /// Properties of an item that only people read: descriptions and times.
  private static let blankProperties: Set<FourCharacters> = ["udes", "uuid", "crtt", "mdft", "free", "skip"]
  private static let imageItems: Set<FourCharacters> = [
    "av01", "hvc1", "hev1", "lhv1", "avc1", "vvc1", "evc1", "j2k1", "jpeg", "grid", "iovl", "iden", "tmap", "unci", "mski",
  ]

  /// Some dozens in a photograph.
  private static let editsMax = 1024

  private static let cutOff = MediaError.malformed("The file has a box that is cut off.")

  /// An EXIF block that says nothing, for decoders that open whatever is called so: the offset of a TIFF structure without entries.
  private static let emptyExif: [UInt8] = [0, 0, 0, 0] + Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0]

  /// Walks all boxes of a picture; every one must be sound.
  mutating func collectPicture(_ reader: inout ByteReader) throws(MediaError) {
    try HEIF.forEachBox(&reader, in: 0..<reader.end) { reader, box throws(MediaError) in
      switch box.type {
      case "meta": try self.collectMeta(&reader, box)
      case "moov": try self.collectTracks(&reader, box)
      case "mdat": self.mediaData.append(box.payload)
      case let type where Self.topLevel.contains(type): break
      default: try self.blank(box)
      }
    }
    try self.locateItems(&reader)
  }

  /// Walks the boxes of a movie. All must be sound but sound and pictures at the end, where a recording broke off.
  mutating func collectMovie(_ reader: inout ByteReader) throws(MediaError) {
    var place = 0
    for _ in 0..<ImageSize.partsMax {
      // What has no room for a box is none.
      guard reader.end - place >= 8 else { return }
      try reader.seek(to: place + 4)
      let isData = try reader.fourCharacters() == "mdat"
      try reader.seek(to: place)
      let box: HEIF.Box
      do throws(MediaError) {
        box = try HEIF.nextBox(&reader, in: 0..<reader.end)
      } catch {
        if isData { return }
        throw error
      }
      if box.type == "moov" { try collectTracks(&reader, box) }
      if Self.notInTracks.contains(box.type) { try blank(box) }
      place = box.payload.upperBound
    }
    throw .malformed("The movie has too many boxes.")
  }

  private mutating func add(_ range: Range<Int>, _ bytes: [UInt8] = []) throws(MediaError) {
    guard !range.isEmpty else { return }
    guard edits.count < Self.editsMax else { throw .malformed("The file has too much metadata.") }
    edits.append(Edit(range: range, bytes: bytes))
  }

  /// Makes a box one that decoders pass over.
  private mutating func blank(_ box: HEIF.Box) throws(MediaError) {
    try add(box.typeStart..<box.typeStart + 4, Array("free".utf8))
    try add(box.payload)
  }

  // MARK: Boxes

  private mutating func collectMeta(_ reader: inout ByteReader, _ meta: HEIF.Box) throws(MediaError) {
    try HEIF.forEachBox(&reader, in: try HEIF.versioned(&reader, meta).content) { reader, box throws(MediaError) in
      switch box.type {
      case "hdlr": try self.blankHandlerName(box)
      case "iinf": try self.collectItems(&reader, box)
      case "iprp": try self.collectProperties(&reader, box)
      case "iloc":
        guard self.locations == nil else { throw .malformed("The picture says twice where its items are.") }
        self.locations = box
      case "idat": self.embeddedData = box.payload
      case let type where Self.inMeta.contains(type): break
      default: try self.blank(box)
      }
    }
  }

  private mutating func collectTracks(_ reader: inout ByteReader, _ container: HEIF.Box, depth: Int = 0) throws(MediaError) {
    // moov, trak, mdia, minf: no file has more.
    guard depth < 6 else { throw .malformed("The file has too many boxes.") }
    try HEIF.forEachBox(&reader, in: container.payload) { reader, box throws(MediaError) in
      if Self.notInTracks.contains(box.type) { return try self.blank(box) }
      if box.type == "hdlr" { return try self.blankHandlerName(box) }
      if Self.containers.contains(box.type) { try self.collectTracks(&reader, box, depth: depth + 1) }
    }
  }

  /// A handler's name, behind its version, type and reserved bytes, is free text.
  private mutating func blankHandlerName(_ box: HEIF.Box) throws(MediaError) {
    guard box.payload.count >= 20 else { throw Self.cutOff }
    try add(box.payload.dropFirst(20))
  }

  private mutating func collectProperties(_ reader: inout ByteReader, _ properties: HEIF.Box) throws(MediaError) {
    try HEIF.forEachBox(&reader, in: properties.payload) { reader, part throws(MediaError) in
      guard part.type == "ipco" else { return }
      try HEIF.forEachBox(&reader, in: part.payload) { _, property throws(MediaError) in
        if Self.blankProperties.contains(property.type) { try self.blank(property) }
      }
    }
  }

  private mutating func collectItems(_ reader: inout ByteReader, _ box: HEIF.Box) throws(MediaError) {
    let (version, content) = try HEIF.versioned(&reader, box)
    let entries = content.dropFirst(version == 0 ? 2 : 4)
    guard !entries.isEmpty else { throw Self.cutOff }
    try HEIF.forEachBox(&reader, in: entries) { reader, entry throws(MediaError) in
      guard entry.type == "infe" else { return try self.blank(entry) }
      let (version, content) = try HEIF.versioned(&reader, entry)
      guard version == 2 || version == 3 else { throw .malformed("The picture has an item of an old kind.") }
      let headerBytes = version == 2 ? 8 : 10
      guard content.count >= headerBytes else { throw Self.cutOff }
      let id = try reader.number(version == 2 ? 2 : 4)
      try reader.skip(2)
      let type = try reader.fourCharacters()
      if !Self.imageItems.contains(type) { self.items[id] = type }
      // Its name, and the media type of what is no image. Most have but the zero that ends the name.
      if content.count > headerBytes + 1 { try self.add(content.dropFirst(headerBytes)) }
    }
  }

  // MARK: Places of items

  private mutating func locateItems(_ reader: inout ByteReader) throws(MediaError) {
    guard !items.isEmpty else { return }
    guard let locations else { throw .malformed("The picture does not say where its items are.") }
    let (version, content) = try HEIF.versioned(&reader, locations)
    guard version <= 2, content.count >= 4 else { throw .malformed("The picture does not say where its items are.") }
    let sizes = try reader.number(2)
    let (offsetBytes, lengthBytes, baseBytes) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
    let indexBytes = version == 0 ? 0 : sizes & 15
    guard [offsetBytes, lengthBytes, baseBytes, indexBytes].allSatisfy({ $0 == 0 || $0 == 4 || $0 == 8 }) else {
      throw .malformed("The picture does not say where its items are.")
    }
    let count = try reader.number(version == 2 ? 4 : 2)
    guard count <= HEIF.itemsMax else { throw .malformed("The picture has too many items.") }
    for _ in 0..<count {
      let id = try reader.number(version == 2 ? 4 : 2)
      let method = version == 0 ? 0 : try reader.number(2) & 15
      let isElsewhere = try reader.number(2) != 0
      let base = try reader.number(baseBytes)
      let extents = try reader.number(2)
      let type = items[id]
      // A part of another item cannot be blanked without knowing that one.
      guard type == nil || method <= 1 && !isElsewhere else { throw .malformed("The picture's metadata is not in the file.") }
      for index in 0..<extents {
        try reader.skip(indexBytes)
        let (offset, length) = (try reader.number(offsetBytes), try reader.number(lengthBytes))
        guard reader.offset <= locations.payload.upperBound else { throw Self.cutOff }
        guard let type else { continue }
        let range = try place(base, offset, length, isEmbedded: method == 1)
        try add(range, type == "Exif" && index == 0 && range.count >= Self.emptyExif.count ? Self.emptyExif : [])
      }
    }
  }

  /// The bytes of an extent, which must lie where data are.
  private func place(_ base: Int, _ offset: Int, _ length: Int, isEmbedded: Bool) throws(MediaError) -> Range<Int> {
    let outside = MediaError.malformed("The picture's metadata is not where it should be.")
    let (sum, overflows) = base.addingReportingOverflow(offset)
    let (start, overflowsStart) = sum.addingReportingOverflow(isEmbedded ? embeddedData?.lowerBound ?? 0 : 0)
    let (end, overflowsEnd) = start.addingReportingOverflow(length)
    guard !overflows, !overflowsStart, !overflowsEnd, length > 0 else { throw outside }
    let places = isEmbedded ? embeddedData.map { [$0] } ?? [] : mediaData
    guard places.contains(where: { start >= $0.lowerBound && end <= $0.upperBound }) else { throw outside }
    return start..<end
  }
}
