// Files that were cut off or damaged: an answer or a refusal, never a trap, and never a bit of the metadata of a file that is taken.
import Media
import TestSupport
import Testing

@Suite struct RobustnessTests {
  /// Reads the file in all ways. Returns what stripping made of it; nil if it was refused.
  @discardableResult
  private func read(_ bytes: [UInt8], _ type: FileType) -> [UInt8]? {
    do {
      _ = try FileType.detect(MemorySource(bytes))
      _ = try ImageSize.read(MemorySource(bytes), type)
      return try StrippingTests.strip(bytes, type)
    } catch MediaError.malformed(let reason) {
      #expect(reason.hasSuffix("."))
    } catch {
      Issue.record("\(error) is not for the user")
    }
    return nil
  }

  @Test(arguments: Samples.pictures)
  func `a picture that is cut off anywhere is refused`(type: FileType, picture: [UInt8]) throws {
    let whole = try StrippingTests.strip(picture, type)
    for count in 0..<picture.count {
      guard let stripped = read(Array(picture.prefix(count)), type) else { continue }
      // What was cut off follows the picture's end, or is a box or chunk of no use; then the rest is whole.
      #expect(stripped == whole || type == .avif || type == .heic || type == .webp, "\(count) bytes")
      #expect(!StrippingTests.contains(stripped, Samples.secret), "\(count) bytes")
    }
    // At least what is needed is needed.
    #expect(read(Array(picture.prefix(picture.count / 3)), type) == nil)
  }

  @Test(arguments: Samples.pictures + [(.mp4, Samples.movie())])
  func `a picture with damaged bytes is read or refused`(type: FileType, picture: [UInt8]) {
    var random = SplitMix(seed: 13)
    var taken = 0
    for _ in 0..<4000 {
      var bytes = picture
      for _ in 0..<random.int(1...4) { bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(0...255)) }
      if read(bytes, type) != nil { taken += 1 }
    }
    #expect(taken < 4000)
  }

  @Test(arguments: Samples.pictures + [(.mp4, Samples.movie())])
  func `a picture with extreme numbers in any place is read or refused`(type: FileType, picture: [UInt8]) {
    for place in 0..<picture.count {
      for (value, count) in [(0xFF, 1), (0xFF, 2), (0xFF, 4), (0xFF, 8), (0, 4), (0x7F, 1), (0x80, 1), (1, 1)] as [(UInt8, Int)] {
        var bytes = picture
        for index in place..<min(place + count, bytes.count) { bytes[index] = value }
        read(bytes, type)
      }
    }
  }

  @Test(arguments: Samples.pictures)
  func `every type's reader refuses the files of the others`(type: FileType, picture: [UInt8]) {
    for other in FileType.allCases
    where other.kind == .image && other != type && !(other == .avif && type == .heic) && !(other == .heic && type == .avif) {
      #expect(read(picture, other) == nil)
    }
  }

  @Test func `noise is read or refused`() {
    var random = SplitMix(seed: 5)
    for _ in 0..<2000 {
      let bytes = (0..<random.int(0...200)).map { _ in UInt8(random.int(0...255)) }
      for type in FileType.allCases { read(bytes, type) }
    }
  }
}
