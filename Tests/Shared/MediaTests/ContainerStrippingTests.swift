// What remains of a WebP, HEIC or AVIF.
import Media
import Testing

@Suite struct ContainerStrippingTests {
  private func strip(_ bytes: [UInt8], _ type: FileType) throws -> [UInt8] { try StrippingTests.strip(bytes, type) }

  private func expectMalformed(_ bytes: [UInt8], _ type: FileType, location: SourceLocation = #_sourceLocation) {
    StrippingTests().expectMalformed(bytes, type, location: location)
  }

  // MARK: WebP

  @Test func `a WebP keeps picture, profile and its orientation, and its header says so`() throws {
    let kept = Samples.canvas(0x28) + Samples.riffChunk("ICCP", [1, 2, 3]) + Samples.riffChunk("ALPH", [1]) + Samples.lossy()
    #expect(try strip(Samples.webp(), .webp) == Samples.riff(kept + Samples.riffChunk("EXIF", Samples.minimalExif(6))))
    let upright = Samples.canvas(0x20) + Samples.riffChunk("ICCP", [1, 2, 3]) + Samples.riffChunk("ALPH", [1]) + Samples.lossy()
    #expect(try strip(Samples.webp(orientation: 1), .webp) == Samples.riff(upright))
  }

  @Test func `an orientation behind the prefix of a JPEG counts`() throws {
    let exif = Array("Exif\0\0".utf8) + Samples.exif(orientation: 8, isLittle: true)
    let picture = Samples.riff(Samples.canvas(8) + Samples.lossless() + Samples.riffChunk("EXIF", exif))
    let kept = Samples.canvas(8) + Samples.lossless() + Samples.riffChunk("EXIF", Samples.minimalExif(8))
    #expect(try strip(picture, .webp) == Samples.riff(kept))
    #expect(try ImageSize.read(MemorySource(picture), .webp) == ImageSize(width: 30, height: 40))
  }

  @Test func `a WebP without a header keeps its picture alone`() throws {
    #expect(try strip(Samples.plainWebP(), .webp) == Samples.riff(Samples.lossless()))
  }

  @Test func `a moving WebP keeps its frames, and in them the picture alone`() throws {
    var kept = Samples.canvas(0x0A) + Samples.riffChunk("ANIM", [0, 0, 0, 0, 0, 0]) + Samples.animatedFrame() + Samples.animatedFrame()
    kept += Samples.riffChunk("EXIF", Samples.minimalExif(6))
    #expect(try strip(Samples.animatedWebP(), .webp) == Samples.riff(kept))
  }

  @Test func `padding that is missing at the end is written`() throws {
    let picture = Samples.riff(Samples.lossless())
    #expect(Samples.lossless().count % 2 == 0)
    let cut = Array("RIFF".utf8) + Samples.littleEndian(picture.count - 9, 4) + picture[8..<picture.count - 1]
    #expect(try strip(cut, .webp) == picture)
  }

  static let brokenWebPs: [(String, [UInt8])] = [
    ("no picture", Samples.riff(Samples.canvas(0))),
    ("two pictures", Samples.riff(Samples.canvas(0) + Samples.lossless() + Samples.lossless())),
    ("two headers", Samples.riff(Samples.canvas(0) + Samples.canvas(0) + Samples.lossless())),
    ("a short header", Samples.riff(Samples.riffChunk("VP8X", [0, 0]) + Samples.lossless())),
    ("a canvas smaller than the picture", Samples.riff(Samples.canvas(0, width: 1, height: 1) + Samples.lossless(width: 16_000))),
    ("a frame beside the canvas", Samples.riff(Samples.canvas(2) + Samples.animatedFrame(left: 2))),
    ("a frame in a still picture", Samples.riff(Samples.canvas(0) + Samples.animatedFrame())),
    ("a still picture in a moving one", Samples.riff(Samples.canvas(2) + Samples.lossless())),
    ("text first", Samples.riff(Samples.riffChunk("XMP ", Samples.secret) + Samples.lossless())),
    ("no start code", Samples.riff(Samples.riffChunk("VP8 ", [UInt8](repeating: 0, count: 12)))),
    ("no signature", Samples.riff(Samples.riffChunk("VP8L", [0x2E, 0, 0, 0, 0, 0]))),
    ("a length beyond the end", Array("RIFF".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + "WEBP".utf8 + Samples.lossless()),
    ("a chunk beyond the end", Samples.riff(Samples.canvas(0) + Samples.lossless() + Array("seCr".utf8) + [0xFF, 0xFF, 0xFF, 0x7F])),
    ("half a chunk", Samples.riff(Samples.canvas(0) + Samples.lossless() + [1, 2, 3, 4])),
  ]

  @Test(arguments: brokenWebPs)
  func `a WebP that is not sound is refused`(what: String, bytes: [UInt8]) {
    expectMalformed(bytes, .webp)
  }

  // MARK: HEIC and AVIF

  @Test(arguments: ["avif", "heic"])
  func `items that are no images are blanked where they lie, and the picture's bytes stay where they were`(brand: String) throws {
    let picture = Samples.heif(brand: brand)
    let stripped = try strip(picture, brand == "avif" ? .avif : .heic)
    #expect(stripped.count == picture.count)
    let data = try #require(picture.indices.first { picture[$0...].starts(with: Samples.pixels) })
    #expect(stripped[data...].starts(with: Samples.pixels))
    // An EXIF block that says nothing is still one: decoders open it.
    let exif = stripped[(data + Samples.pixels.count)...].prefix(Samples.heifExif.count)
    #expect(exif.starts(with: [0, 0, 0, 0] + Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 0]))
    let xmp = stripped[(data + Samples.pixels.count + Samples.heifExif.count)...].prefix(Samples.heifXMP.count)
    #expect(xmp.allSatisfy { $0 == 0 })
    // Nothing but what was blanked differs.
    #expect(zip(picture, stripped).filter { $0 != $1 && $1 != 0 }.map { $1 }.count <= 12 + 4 * 6)
  }

  static let brokenHEIFs: [(String, [UInt8])] = [
    ("no description", Samples.fileType("avif") + Samples.box("mdat", [1])),
    ("two descriptions", Samples.heif() + Samples.fullBox("meta", Samples.fullBox("pitm", [0, 1]))),
    ("EXIF outside of the data", Samples.heif(exifShift: -400)),
    ("EXIF over the file's type", Samples.heif(exifOffset: 0)),
    ("EXIF behind the data", Samples.heif(exifShift: 4_000_000)),
    ("EXIF over the XMP", Samples.heif(exifShift: 8)),
    ("EXIF within another item", Samples.heif(exifMethod: 2)),
    ("EXIF outside of the description's data", Samples.heif(exifMethod: 1)),
    ("words behind the end", Samples.heif() + Samples.secret),
    ("a box beyond the end", Samples.heif() + [0, 0, 1, 0] + Array("free".utf8)),
    ("a box smaller than its header", Samples.heif() + [0, 0, 0, 7] + Array("free".utf8)),
    ("a box of 2^63 bytes", Samples.heif() + [0, 0, 0, 1] + Array("free".utf8) + [0xFF, 0, 0, 0, 0, 0, 0, 0]),
    ("no size", Samples.heif(width: 0)),
  ]

  @Test(arguments: brokenHEIFs)
  func `a HEIC or AVIF that is not sound is refused`(what: String, bytes: [UInt8]) {
    expectMalformed(bytes, .avif)
  }

  @Test func `a picture may end with a box without a size`() throws {
    let picture = Samples.heif() + [0, 0, 0, 0] + Array("free".utf8) + Samples.secret
    #expect(!StrippingTests.contains(try strip(picture, .avif), Samples.secret))
  }

  // MARK: MP4 and QuickTime

  @Test(arguments: ["qt  ", "isom", "M4A "])
  func `what a movie tells of its place and its maker is blanked, and every other byte stays where it was`(brand: String) throws {
    let movie = Samples.movie(brand: brand)
    #expect(try FileType.detect(MemorySource(movie)) == .mp4 && StrippingTests.contains(movie, Samples.secret))
    let stripped = try strip(movie, .mp4)
    #expect(!StrippingTests.contains(stripped, Samples.secret) && !StrippingTests.contains(stripped, Array("+48.2082".utf8)))
    #expect(stripped.count == movie.count && stripped.suffix(Samples.pixels.count).elementsEqual(Samples.pixels))
    let free = Set("free".utf8)
    #expect(zip(movie, stripped).allSatisfy { $0 == $1 || $1 == 0 || free.contains($1) })
    for type in ["ftyp", "moov", "mvhd", "trak", "tkhd", "mdia", "hdlr", "vide", "minf", "stsd", "mdat"] {
      #expect(StrippingTests.contains(stripped, Array(type.utf8)), "\(type)")
    }
    #expect(try strip(stripped, .mp4) == stripped)
  }

  @Test func `a recording that broke off, one of many pieces, and rubbish at the end are taken`() throws {
    let long = [0, 1, 0, 0] + Array("mdat".utf8) + Samples.pixels
    let pieces = (0..<3000).flatMap { _ in Samples.box("moof", []) + Samples.box("mdat", [1]) }
    for data in [long, pieces, Samples.box("mdat", Samples.pixels) + [1, 2, 3]] {
      let stripped = try strip(Samples.movie(data: data), .mp4)
      #expect(stripped.suffix(data.count).elementsEqual(data) && !StrippingTests.contains(stripped, Samples.secret))
    }
  }

  static let brokenMovies: [String: [UInt8]] = [
    "a movie that is cut off": Array(Samples.movie(data: []).prefix(200)),
    "a box beyond its container": Samples.movie() + Samples.box("moov", [0, 0, 1, 0] + Array("udta".utf8) + Samples.secret),
    "half a box in a container": Samples.movie() + Samples.box("moov", [1, 2, 3, 4]),
    "a box smaller than its header": Samples.movie() + [0, 0, 0, 7] + Array("uuid".utf8),
    "tracks within tracks": (0..<9).reduce(Samples.box("udta", Samples.secret)) { inner, _ in Samples.box("moov", inner) },
    "boxes without end": (0..<70_000).flatMap { _ in Samples.box("wide", []) },
  ]

  // By name: the bytes of an argument are printed.
  @Test(arguments: brokenMovies.keys.sorted())
  func `a movie that is not sound is refused`(what: String) throws {
    let bytes = try #require(Self.brokenMovies[what])
    expectMalformed(bytes, .mp4)
  }
}
