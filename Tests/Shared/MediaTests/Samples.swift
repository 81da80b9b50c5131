// Files of every kind, made of their parts, with the word SECRET wherever there is room for it.
import Media

enum Samples {
  static let secret = Array("SECRET".utf8)

  /// Pictures by type, each with metadata in all places and with an orientation where its type has one.
  static var pictures: [(FileType, [UInt8])] {
    [
      (.jpeg, jpeg()), (.png, png()), (.gif, gif()), (.webp, webp()), (.webp, animatedWebP()), (.webp, plainWebP()), (.avif, heif()),
      (.heic, heif(brand: "heic")),
    ]
  }

  static func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] { bigEndian(value, count).reversed() }

  // MARK: EXIF

  /// A TIFF structure with a description and, unless it is 0, an orientation.
  static func exif(orientation: Int, isLittle: Bool = false) -> [UInt8] {
    let number = isLittle ? littleEndian : bigEndian
    var tiff = Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
    tiff += number(orientation == 0 ? 1 : 2, 2)
    // ImageDescription, ASCII, behind the directory.
    tiff += number(0x010E, 2) + number(2, 2) + number(7, 4) + number(orientation == 0 ? 26 : 38, 4)
    if orientation != 0 { tiff += number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0] }
    return tiff + number(0, 4) + secret + [0]
  }

  // MARK: JPEG

  static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] { [0xFF, marker] + bigEndian(payload.count + 2, 2) + payload }

  static func frame(_ marker: UInt8 = 0xC0, width: Int = 40, height: Int = 30) -> [UInt8] {
    segment(marker, [8] + bigEndian(height, 2) + bigEndian(width, 2) + [1, 1, 0x11, 0])
  }

  static let jfif = Array("JFIF\0".utf8) + [1, 2, 1, 0, 72, 0, 72]
  static let iccProfile = Array("ICC_PROFILE\0".utf8) + [1, 1, 0x70, 0x72, 0x6F, 0x66]
  static let adobe = Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1]
  static let scanHeader = segment(0xDA, [1, 1, 0, 0, 63, 0])
  /// Coded data with a stuffed FF, a restart and a fill byte.
  static let scanData: [UInt8] = [1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xFF, 0, 5]

  static func jpeg(orientation: Int = 6) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0xD8]
    bytes += segment(0xE0, jfif + [1, 2] + secret)
    bytes += segment(0xE1, Array("Exif\0\0".utf8) + exif(orientation: orientation))
    bytes += segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x>SECRET</x>".utf8))
    bytes += segment(0xED, Array("Photoshop 3.0\0SECRET".utf8))
    bytes += segment(0xE2, Array("MPF\0SECRET".utf8))
    bytes += segment(0xE2, iccProfile)
    bytes += segment(0xEE, adobe + secret)
    for marker: UInt8 in [0xE3, 0xE7, 0xEC, 0xEF] { bytes += segment(marker, secret) }
    bytes += segment(0xFE, secret)
    bytes += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    // Fill bytes before a marker.
    bytes += [0xFF, 0xFF] + frame(0xC2)
    bytes += segment(0xC4, [0, 1] + [UInt8](repeating: 0, count: 15) + [7])
    bytes += scanHeader + scanData
    bytes += segment(0xFE, secret) + scanHeader + scanData
    return bytes + [0xFF, 0xD9] + secret
  }

  /// What `jpeg` is without its metadata.
  static func strippedJPEG(orientation: UInt8 = 6) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xE0, jfif + [0, 0])
    if orientation != 1 { bytes += segment(0xE1, Array("Exif\0\0".utf8) + minimalExif(orientation)) }
    bytes += segment(0xE2, iccProfile) + segment(0xEE, adobe)
    bytes += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64)) + frame(0xC2)
    bytes += segment(0xC4, [0, 1] + [UInt8](repeating: 0, count: 15) + [7])
    return bytes + scanHeader + scanData + scanHeader + scanData + [0xFF, 0xD9]
  }

  static func minimalExif(_ orientation: UInt8) -> [UInt8] {
    Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  }

  // MARK: PNG

  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    bigEndian(data.count, 4) + type.utf8 + data + bigEndian(Int(checkSum(Array(type.utf8) + data)), 4)
  }

  /// Bit by bit, as the standard defines it.
  static func checkSum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
    }
    return ~sum
  }

  static func header(width: Int = 40, height: Int = 30) -> [UInt8] {
    chunk("IHDR", bigEndian(width, 4) + bigEndian(height, 4) + [8, 2, 0, 0, 0])
  }

  static func png(orientation: Int = 6) -> [UInt8] {
    var bytes = pngSignature + header()
    bytes += chunk("gAMA", bigEndian(45_455, 4)) + chunk("tEXt", Array("Comment\0SECRET".utf8)) + chunk("zTXt", secret)
    bytes +=
      chunk("eXIf", exif(orientation: orientation)) + chunk("tIME", [7, 0xEA, 11, 30, 1, 2, 3])
      + chunk("pHYs", [0, 0, 11, 18, 0, 0, 11, 18, 1])
    bytes += chunk("IDAT", [1, 2, 3]) + chunk("IDAT", [4]) + chunk("iTXt", secret) + chunk("seCr", secret)
    return bytes + chunk("IEND", []) + secret
  }

  // MARK: GIF

  static let gifScreen = Array("GIF89a".utf8) + littleEndian(40, 2) + littleEndian(30, 2) + [0x80, 0, 0, 0, 0, 0, 255, 255, 255]
  static let gifLoop = [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
  static let gifTiming: [UInt8] = [0x21, 0xF9, 4, 0, 10, 0, 0, 0]

  static func gifFrame(left: Int = 0, width: Int = 40) -> [UInt8] {
    [0x2C] + littleEndian(left, 2) + [0, 0] + littleEndian(width, 2) + littleEndian(30, 2) + [0x80, 1, 1, 1, 2, 2, 2] + [2, 2, 0x4C, 1, 0]
  }

  static func gif() -> [UInt8] {
    let comment = [0x21, 0xFE, 6] + secret + [0]
    let xmp = [0x21, 0xFF, 11] + Array("XMP DataXMP".utf8) + [6] + secret + [0]
    let text = [0x21, 1, 12] + [UInt8](repeating: 0, count: 12) + [6] + secret + [0]
    return gifScreen + comment + gifLoop + xmp + text + gifTiming + gifFrame() + comment + gifTiming + gifFrame() + [0x3B] + secret
  }

  // MARK: WebP

  static func riffChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    Array(type.utf8) + littleEndian(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
  }

  static func riff(_ chunks: [UInt8]) -> [UInt8] { riffChunk("RIFF", Array("WEBP".utf8) + chunks) }

  static func canvas(_ flags: UInt8, width: Int = 40, height: Int = 30) -> [UInt8] {
    riffChunk("VP8X", [flags, 0, 0, 0] + littleEndian(width - 1, 3) + littleEndian(height - 1, 3))
  }

  static func lossless(width: Int = 40, height: Int = 30) -> [UInt8] {
    riffChunk("VP8L", [0x2F] + littleEndian(width - 1 | (height - 1) << 14, 4) + [9, 9])
  }

  static func lossy(width: Int = 40, height: Int = 30) -> [UInt8] {
    riffChunk("VP8 ", [0x10, 0, 0, 0x9D, 1, 0x2A] + littleEndian(width, 2) + littleEndian(height, 2) + [9, 9, 9])
  }

  static func webp(orientation: Int = 6) -> [UInt8] {
    let parts =
      canvas(0x2C) + riffChunk("ICCP", [1, 2, 3]) + riffChunk("ALPH", [1]) + lossy() + riffChunk("EXIF", exif(orientation: orientation))
    return riff(parts + riffChunk("XMP ", secret) + riffChunk("seCr", secret)) + secret
  }

  static func plainWebP() -> [UInt8] { riff(lossless() + riffChunk("EXIF", exif(orientation: 6))) + secret }

  static func animatedFrame(_ more: [UInt8] = [], left: Int = 0, width: Int = 40) -> [UInt8] {
    let header = littleEndian(left / 2, 3) + [0, 0, 0] + littleEndian(width - 1, 3) + littleEndian(29, 3) + [80, 0, 0, 0]
    return riffChunk("ANMF", header + lossless(width: width) + more)
  }

  static func animatedWebP() -> [UInt8] {
    let parts = canvas(0x0E) + riffChunk("ANIM", [0, 0, 0, 0, 0, 0]) + animatedFrame(riffChunk("seCr", secret)) + animatedFrame()
    return riff(parts + riffChunk("EXIF", exif(orientation: 6)) + riffChunk("XMP ", secret)) + secret
  }
}
