// What remains of a picture when its metadata are gone.
import Media
import Testing

@Suite struct StrippingTests {
  static func strip(_ bytes: [UInt8], _ type: FileType) throws -> [UInt8] {
    let sink = MemorySink()
    try MetadataStripper.strip(MemorySource(bytes), type, into: sink)
    return sink.bytes
  }

  static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
  }

  @Test(arguments: Samples.pictures)
  func `no word of the metadata is left, and stripping again changes nothing`(type: FileType, picture: [UInt8]) throws {
    #expect(Self.contains(picture, Samples.secret))
    let stripped = try Self.strip(picture, type)
    #expect(!Self.contains(stripped, Samples.secret))
    #expect(try Self.strip(stripped, type) == stripped)
    #expect(try FileType.detect(MemorySource(stripped)) == type)
    #expect(try ImageSize.read(MemorySource(stripped), type) == ImageSize.read(MemorySource(picture), type))
  }

  // MARK: JPEG

  @Test(arguments: 1...8)
  func `a JPEG keeps pixels, tables, ICC profile, Adobe's transform and its orientation`(orientation: Int) throws {
    #expect(try Self.strip(Samples.jpeg(orientation: orientation), .jpeg) == Samples.strippedJPEG(orientation: UInt8(orientation)))
  }

  @Test(arguments: [0, 9, 65_535])
  func `an orientation that is none becomes none`(orientation: Int) throws {
    #expect(try Self.strip(Samples.jpeg(orientation: orientation), .jpeg) == Samples.strippedJPEG(orientation: 1))
  }

  @Test func `a JPEG without JFIF gets none`() throws {
    let plain: [UInt8] = [0xFF, 0xD8] + Samples.frame() + Samples.scanHeader + Samples.scanData + [0xFF, 0xD9]
    #expect(try Self.strip(plain, .jpeg) == plain)
  }

  static let brokenJPEGs: [(String, [UInt8])] = {
    let (start, end): ([UInt8], [UInt8]) = ([0xFF, 0xD8], [0xFF, 0xD9])
    let picture = Samples.scanHeader + Samples.scanData
    return [
      ("no frame", start + picture + end),
      ("no scan", start + Samples.frame() + end),
      ("two frames", start + Samples.frame() + Samples.frame(0xC1) + picture + end),
      ("a second frame after the scan", start + Samples.frame() + picture + Samples.frame() + picture + end),
      ("no end", start + Samples.frame() + picture),
      ("a beginning within", start + start + Samples.frame() + picture + end),
      ("a restart between segments", start + [0xFF, 0xD0] + Samples.frame() + picture + end),
      ("bytes between segments", start + [0] + Samples.frame() + picture + end),
      ("a marker that is not known", start + Samples.segment(0xF7, [1]) + Samples.frame() + picture + end),
      ("a length below 2", start + [0xFF, 0xFE, 0, 1] + Samples.frame() + picture + end),
      ("no height", start + Samples.frame(height: 0) + picture + end),
      ("no width", start + Samples.frame(width: 0) + picture + end),
      ("a frame that is too short", start + Samples.segment(0xC0, [8, 0, 1, 0, 1, 3]) + picture + end),
      ("HTML", Array("<!doctype html>".utf8)),
    ]
  }()

  @Test(arguments: brokenJPEGs)
  func `a JPEG that is not sound is refused`(what: String, bytes: [UInt8]) {
    expectMalformed(bytes, .jpeg)
  }

  func expectMalformed(_ bytes: [UInt8], _ type: FileType, location: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: MediaError.self, sourceLocation: location) { try Self.strip(bytes, type) }
    if case .malformed = error { return }
    Issue.record("\(String(describing: error)) is not for the user", sourceLocation: location)
  }

  // MARK: PNG

  @Test func `a PNG keeps its critical chunks, colours, density and its orientation`() throws {
    var kept = Samples.pngSignature + Samples.header() + Samples.chunk("eXIf", Samples.minimalExif(6))
    kept += Samples.chunk("gAMA", Samples.bigEndian(45_455, 4)) + Samples.chunk("pHYs", [0, 0, 11, 18, 0, 0, 11, 18, 1])
    kept += Samples.chunk("IDAT", [1, 2, 3]) + Samples.chunk("IDAT", [4]) + Samples.chunk("IEND", [])
    #expect(try Self.strip(Samples.png(), .png) == kept)
  }

  @Test(arguments: [
    "PLTE", "tRNS", "sRGB", "gAMA", "cHRM", "iCCP", "cICP", "mDCV", "cLLI", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
  ])
  func `a chunk for colours or movement stays`(type: String) throws {
    let picture =
      Samples.pngSignature + Samples.header() + Samples.chunk(type, [1, 2]) + Samples.chunk("IDAT", [1]) + Samples.chunk("IEND", [])
    #expect(try Self.strip(picture, .png) == picture)
  }

  static let brokenPNGs: [(String, [UInt8])] = {
    let (start, data, end) = (Samples.pngSignature + Samples.header(), Samples.chunk("IDAT", [1]), Samples.chunk("IEND", []))
    let wrongSum = Samples.chunk("IDAT", [1]).dropLast() + [0]
    return [
      ("no data", start + end), ("no end", start + data), ("data in the end", start + data + Samples.chunk("IEND", [1])),
      ("a wrong check sum", start + wrongSum + end), ("two headers", start + Samples.header() + data + end),
      ("no header", Samples.pngSignature + data + end), ("an unknown critical chunk", start + Samples.chunk("CgBI", [1]) + data + end),
      ("no type", start + Samples.chunk("I\0AT", [1]) + data + end),
      ("a length beyond the end", start + [0x7F, 0xFF, 0xFF, 0xFF] + data + end),
      ("a length above 2^31", start + [0xFF, 0xFF, 0xFF, 0xFF] + data + end),
      ("a depth that is none", Samples.pngSignature + Samples.chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 3, 2, 0, 0, 0]) + data + end),
    ]
  }()

  @Test(arguments: brokenPNGs)
  func `a PNG that is not sound is refused`(what: String, bytes: [UInt8]) {
    expectMalformed(bytes, .png)
  }

  // MARK: GIF

  @Test func `a GIF keeps its frames, their timing and how often they are repeated`() throws {
    let frames = Samples.gifTiming + Samples.gifFrame() + Samples.gifTiming + Samples.gifFrame()
    #expect(try Self.strip(Samples.gif(), .gif) == Samples.gifScreen + Samples.gifLoop + frames + [0x3B])
  }

  @Test func `what a loop block says besides the loop goes`() throws {
    let loop = [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 5, 0, 6] + Samples.secret + [0]
    let kept = [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 5, 0, 0]
    let rest = Samples.gifFrame() + [0x3B]
    #expect(try Self.strip(Samples.gifScreen + loop + rest, .gif) == Samples.gifScreen + kept + rest)
    let other = [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [6] + Samples.secret + [0]
    #expect(try Self.strip(Samples.gifScreen + other + rest, .gif) == Samples.gifScreen + rest)
    let program = [0x21, 0xFF, 11] + Array("PROGRAM 1.0".utf8) + [3, 1, 5, 0, 0]
    #expect(try Self.strip(Samples.gifScreen + program + rest, .gif) == Samples.gifScreen + rest)
  }

  static let brokenGIFs: [(String, [UInt8])] = [
    ("no picture", Samples.gifScreen + [0x3B]), ("no end", Samples.gifScreen + Samples.gifFrame()),
    ("an unknown block", Samples.gifScreen + Samples.gifFrame() + [0x2A]),
    ("a frame beside the screen", Samples.gifScreen + Samples.gifFrame(left: 1) + [0x3B]),
    ("a frame larger than the screen", Samples.gifScreen + Samples.gifFrame(width: 65_535) + [0x3B]),
    ("a timing of five bytes", Samples.gifScreen + [0x21, 0xF9, 5, 0, 0, 0, 0, 0] + Samples.gifFrame() + [0x3B]),
    ("a script", Array("GIF89a/*<svg/onload=alert(1)>*/=alert(1);".utf8)),
  ]

  @Test(arguments: brokenGIFs)
  func `a GIF that is not sound is refused`(what: String, bytes: [UInt8]) {
    expectMalformed(bytes, .gif)
  }
}
