// A picture in boxes, with EXIF and XMP among its items.

extension Samples {
  static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] { bigEndian(payload.count + 8, 4) + type.utf8 + payload }

  static func fullBox(_ type: String, version: UInt8 = 0, flags: Int = 0, _ payload: [UInt8]) -> [UInt8] {
    box(type, [version] + bigEndian(flags, 3) + payload)
  }

  static func item(_ id: Int, _ type: String, _ name: String = "") -> [UInt8] {
    fullBox("infe", version: 2, bigEndian(id, 2) + [0, 0] + type.utf8 + name.utf8 + [0])
  }

  /// Where the items of `heif` are: in `mdat`, each in one piece, or in `idat`.
  struct Place {
    var id: Int
    var offset: Int
    var count: Int
    var method = 0
  }

  static func locations(_ places: [Place]) -> [UInt8] {
    let entries = places.flatMap { (place: Place) -> [UInt8] in
      bigEndian(place.id, 2) + bigEndian(place.method, 2) + [0, 0] + bigEndian(1, 2) + bigEndian(place.offset, 4)
        + bigEndian(place.count, 4)
    }
    return fullBox("iloc", version: 1, [0x44, 0] + bigEndian(places.count, 2) + entries)
  }

  static func properties(width: Int, height: Int, quarterTurns: UInt8) -> [UInt8] {
    let sides = fullBox("ispe", bigEndian(width, 4) + bigEndian(height, 4))
    let list = box("ipco", sides + box("irot", [quarterTurns]) + fullBox("udes", Array("en\0SECRET\0\0".utf8)))
    let owned = fullBox("ipma", bigEndian(1, 4) + bigEndian(1, 2) + [3, 1, 0x82, 3])
    return box("iprp", list + owned)
  }

  static let pixels = Array("pixels pixels".utf8)
  static let heifExif: [UInt8] = [0, 0, 0, 0] + exif(orientation: 6)
  static let heifXMP = Array("<x:xmpmeta>SECRET</x:xmpmeta>".utf8)
  /// Everything before `meta`.
  static func fileType(_ brand: String) -> [UInt8] { box("ftyp", Array(brand.utf8) + [0, 0, 0, 0] + "mif1miaf".utf8) }

  /// Item 1 is the picture, 2 its EXIF, 3 its XMP; 4 lies in the description itself.
  static func heif(
    brand: String = "avif", width: Int = 40, height: Int = 30, quarterTurns: UInt8 = 1, exifShift: Int = 0, exifOffset: Int? = nil,
    exifMethod: Int = 0
  ) -> [UInt8] {
    let type = fileType(brand)
    let items =
      item(1, brand == "avif" ? "av01" : "hvc1", "SECRET") + item(2, "Exif") + item(3, "mime", "SECRET\0application/rdf+xml")
      + item(4, "uri ")
    let handler = fullBox("hdlr", [0, 0, 0, 0] + "pict".utf8 + [UInt8](repeating: 0, count: 12) + "SECRET\0".utf8)
    func meta(_ data: Int) -> [UInt8] {
      let exif = data + pixels.count
      let places = [
        Place(id: 1, offset: data, count: pixels.count),
        Place(id: 2, offset: exifOffset ?? exif + exifShift, count: heifExif.count, method: exifMethod),
        Place(id: 3, offset: exif + heifExif.count, count: heifXMP.count), Place(id: 4, offset: 2, count: 6, method: 1),
      ]
      let parts = [
        handler, fullBox("pitm", [0, 1]), fullBox("iinf", bigEndian(4, 2) + items),
        properties(width: width, height: height, quarterTurns: quarterTurns),
        locations(places), box("idat", [1, 2] + secret), box("uuid", [UInt8](repeating: 7, count: 16) + secret),
      ]
      return fullBox("meta", parts.flatMap { $0 })
    }
    let track = box("trak", box("udta", secret) + box("mdia", fullBox("hdlr", [UInt8](repeating: 0, count: 20) + "SECRET\0".utf8)))
    let rest = box("moov", track + fullBox("meta", secret)) + box("free", secret) + box("uuid", [UInt8](repeating: 9, count: 16) + secret)
    let data = type.count + meta(0).count + 8
    return type + meta(data) + box("mdat", pixels + heifExif + heifXMP) + rest
  }

  // MARK: Movies

  /// A movie with the places, names and titles that cameras and programs write. `data` is its sound and pictures.
  static func movie(brand: String = "qt  ", data: [UInt8] = box("mdat", pixels)) -> [UInt8] {
    let place = box("\u{A9}xyz", [0, 15, 0x15, 0xC7] + "+48.2082+016.3738/".utf8 + secret)
    let named = box("meta", box("hdlr", [UInt8](repeating: 0, count: 8) + "mdta".utf8) + box("keys", secret) + box("ilst", secret))
    let handler = fullBox("hdlr", [0, 0, 0, 0] + "vide".utf8 + [UInt8](repeating: 0, count: 12) + "SECRET\0".utf8)
    let media = box("mdia", handler + box("minf", fullBox("vmhd", [0, 0]) + box("stbl", fullBox("stsd", [0, 0, 0, 0]))))
    // QuickTime ends a list of user data with four zeros, which are no box.
    let track = box("trak", fullBox("tkhd", [UInt8](repeating: 1, count: 80)) + media + box("udta", box("name", secret) + [0, 0, 0, 0]))
    let maker = box("uuid", [UInt8](repeating: 9, count: 16) + secret)
    let movie = fullBox("mvhd", [UInt8](repeating: 1, count: 96)) + track + box("udta", place + [0, 0, 0, 0]) + named + maker
    let type = box("ftyp", Array(brand.utf8) + [0, 0, 0, 0] + "mp42".utf8)
    return type + box("wide", []) + box("moov", movie) + maker + box("free", secret) + box("meta", secret) + data
  }
}
