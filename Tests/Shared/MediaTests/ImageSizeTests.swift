// Sizes of pictures, as they are shown.
import Media
import Testing

@Suite struct ImageSizeTests {
  private func size(_ bytes: [UInt8], _ type: FileType) throws -> ImageSize? { try ImageSize.read(MemorySource(bytes), type) }

  private let lying = ImageSize(width: 40, height: 30)
  private let standing = ImageSize(width: 30, height: 40)

  @Test(arguments: 1...8)
  func `orientations 5 to 8 exchange the sides`(orientation: Int) throws {
    let expected = orientation < 5 ? lying : standing
    #expect(try size(Samples.jpeg(orientation: orientation), .jpeg) == expected)
    #expect(try size(Samples.png(orientation: orientation), .png) == expected)
    #expect(try size(Samples.webp(orientation: orientation), .webp) == expected)
    // A quarter turn a unit.
    #expect(try size(Samples.heif(quarterTurns: UInt8(orientation % 4)), .avif) == (orientation % 2 == 1 ? standing : lying))
  }

  @Test(arguments: [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] as [UInt8])
  func `every kind of JPEG frame tells its size`(marker: UInt8) throws {
    let picture: [UInt8] = [0xFF, 0xD8] + Samples.frame(marker, width: 65_535, height: 7) + Samples.scanHeader
    #expect(try size(picture, .jpeg) == ImageSize(width: 65_535, height: 7))
  }

  @Test func `pictures without an orientation stand as they are`() throws {
    #expect(try size(Samples.gif(), .gif) == lying)
    #expect(try size(Samples.plainWebP(), .webp) == lying)
    #expect(try size(Samples.riff(Samples.lossy(width: 16_383, height: 1)), .webp) == ImageSize(width: 16_383, height: 1))
    #expect(try size(Samples.riff(Samples.lossless(width: 16_384, height: 2)), .webp) == ImageSize(width: 16_384, height: 2))
  }

  @Test func `what is no picture has no size`() throws {
    for type in FileType.allCases where type.kind != .image { #expect(try size([1, 2, 3], type) == nil) }
  }

  @Test func `a size is told before anything that a decoder would unpack`() throws {
    let huge = Samples.pngSignature + Samples.header(width: 65_535, height: 65_535)
    let read = try #require(try size(huge, .png))
    #expect(read == ImageSize(width: 65_535, height: 65_535) && !read.isWithinLimits)
    #expect(throws: MediaError.self) { try size(Samples.pngSignature + Samples.header(width: 1 << 31, height: 1), .png) }
    let canvas = Samples.riff(Samples.canvas(0, width: 1 << 24, height: 1 << 24))
    #expect(try size(canvas, .webp) == ImageSize(width: 1 << 24, height: 1 << 24))
    let item = Samples.heif(width: Int(UInt32.max), height: Int(UInt32.max))
    #expect(try size(item, .avif)?.isWithinLimits == false)
  }

  @Test(arguments: [
    (1, 1, true), (8000, 8000, true), (8001, 8000, false), (65_535, 976, true), (65_535, 977, false), (65_536, 1, false),
    (1, 65_536, false),
    (0, 1, false), (1, 0, false), (-1, 5, false), (Int.max, Int.max, false),
  ])
  func `64 million pixels are within the limits, and 65,535 a side`(width: Int, height: Int, isWithin: Bool) {
    #expect(ImageSize(width: width, height: height).isWithinLimits == isWithin)
  }

  @Test func `a picture without pixels is refused`() {
    for (width, height) in [(0, 1), (1, 0), (0, 0)] {
      #expect(throws: MediaError.malformed("The picture has no pixels.")) {
        try size(Samples.pngSignature + Samples.header(width: width, height: height) + Samples.chunk("IEND", []), .png)
      }
    }
  }

  @Test func `headers are read, not the picture`() throws {
    let data = [UInt8](repeating: 7, count: 4 << 20)
    let segments = (0..<50).flatMap { _ in Samples.segment(0xE2, [UInt8](repeating: 1, count: 60_000)) }
    let source = MemorySource([0xFF, 0xD8] + segments + Samples.frame() + Samples.scanHeader + data)
    #expect(try ImageSize.read(source, .jpeg) == lying)
    #expect(source.bytesRead < 1 << 20 && source.largestRead <= 16 << 10)
    let png = MemorySource(Samples.pngSignature + Samples.header() + Samples.chunk("IDAT", data) + Samples.chunk("IEND", []))
    #expect(try ImageSize.read(png, .png) == lying)
    #expect(png.bytesRead < 64 << 10)
  }

  @Test func `no file keeps a reader busy with parts`() {
    let chunks = (0..<70_000).flatMap { _ in Samples.chunk("abCd", []) }
    #expect(throws: MediaError.malformed("The PNG has too many chunks.")) {
      try size(Samples.pngSignature + Samples.header() + chunks, .png)
    }
    let segments = (0..<70_000).flatMap { _ in Samples.segment(0xFE, []) }
    #expect(throws: MediaError.malformed("The JPEG has too many segments.")) { try size([0xFF, 0xD8] + segments, .jpeg) }
  }

  @Test(arguments: [true, false])
  func `EXIF of either byte order tells an orientation`(isLittle: Bool) throws {
    let exif = Array("Exif\0\0".utf8) + Samples.exif(orientation: 6, isLittle: isLittle)
    let picture: [UInt8] = [0xFF, 0xD8] + Samples.segment(0xE1, exif) + Samples.frame() + Samples.scanHeader
    #expect(try size(picture, .jpeg) == standing)
  }

  @Test func `an orientation that is no single short number is none`() throws {
    // Its type, then its count.
    for place in [25, 29] {
      var exif = Samples.exif(orientation: 6)
      exif[place] += 1
      let picture: [UInt8] = [0xFF, 0xD8] + Samples.segment(0xE1, Array("Exif\0\0".utf8) + exif) + Samples.frame() + Samples.scanHeader
      #expect(try size(picture, .jpeg) == lying)
    }
  }

  @Test func `EXIF that is cut off anywhere is none`() throws {
    let exif = Array("Exif\0\0".utf8) + Samples.exif(orientation: 6)
    for count in 0..<exif.count {
      let picture: [UInt8] = [0xFF, 0xD8] + Samples.segment(0xE1, Array(exif.prefix(count))) + Samples.frame() + Samples.scanHeader
      // The tag ends before the text that the other one points to.
      let isWhole = count >= 6 + 8 + 2 + 24
      #expect(try size(picture, .jpeg) == (isWhole ? standing : lying), "\(count) bytes")
    }
  }
}
