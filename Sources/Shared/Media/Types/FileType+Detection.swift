// Recognises a file's type by its first bytes.

extension FileType {
  /// Bytes that are looked at. Text is read whole.
  private static let headBytes = 64

  /// What the source holds. A beginning decides; whether the rest is sound is for those who read it.
  public static func detect(_ source: any ByteSource) throws(MediaError) -> FileType {
    var reader = ByteReader(source)
    let head = try reader.bytes(min(headBytes, reader.remaining))
    if let type = bySignature(head) ?? byBrand(head) { return type }
    if try isMP3(head, &reader) { return .mp3 }
    return try PlainText.isText(source) ? .text : .unknown
  }

  private static let signatures: [(at: Int, bytes: [UInt8], type: FileType)] = [
    (0, [0xFF, 0xD8, 0xFF], .jpeg),
    (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
    (0, Array("GIF87a".utf8), .gif),
    (0, Array("GIF89a".utf8), .gif),
    (0, Array("OggS".utf8), .ogg),
    (0, Array("fLaC".utf8), .flac),
    (0, Array("%PDF-".utf8), .pdf),
    (0, Array("PK\u{3}\u{4}".utf8), .zip),
    (0, Array("PK\u{5}\u{6}".utf8), .zip),
    (0, Array("ID3".utf8) + [2], .mp3),
    (0, Array("ID3".utf8) + [3], .mp3),
    (0, Array("ID3".utf8) + [4], .mp3),
  ]

  private static func bySignature(_ head: [UInt8]) -> FileType? {
    if let found = signatures.first(where: { head.dropFirst($0.at).starts(with: $0.bytes) }) { return found.type }
    if head.starts(with: "RIFF".utf8) {
      if head.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
      if head.dropFirst(8).starts(with: "WAVE".utf8) { return .wav }
    }
    // An EBML header whose DocType (0x4282) is "webm".
    if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      let docType: [UInt8] = [0x42, 0x82, 0x84] + Array("webm".utf8)
      if head.indices.contains(where: { head[$0...].starts(with: docType) }) { return .webm }
    }
    return nil
  }

  /// The brands of a `ftyp` box (ISO/IEC 14496-12 section 4.3): the major one, then those that it is compatible with.
  private static func byBrand(_ head: [UInt8]) -> FileType? {
    guard head.count >= 12, head[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    let size = head[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard size >= 16 || size == 12 else { return nil }
    let major = brand(head[8..<12])
    var brands = [major]
    for start in stride(from: 16, through: min(size, head.count) - 4, by: 4) { brands.append(brand(head[start..<start + 4])) }
    if major == "avif" || major == "avis" { return .avif }
    if heicBrands.contains(major) { return .heic }
    if major == "mif1" || major == "msf1" || major == "miaf" { return brands.contains("avif") || brands.contains("avis") ? .avif : .heic }
    return brands.contains(where: isMP4) ? .mp4 : nil
  }

  private static func brand(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let heicBrands: Set<String> = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]
  private static let mp4Brands: Set<String> = ["avc1", "mp41", "mp42", "mp71", "M4A ", "M4B ", "M4V ", "MSNV", "dash", "qt  ", "f4v "]

  private static func isMP4(_ brand: String) -> Bool {
    mp4Brands.contains(brand) || brand == "isom" || brand.hasPrefix("iso") && brand.count == 4 || brand.hasPrefix("3gp")
      || brand.hasPrefix("3g2")
  }

  /// MPEG audio without a tag: a frame's header, and another one where the first frame ends.
  private static func isMP3(_ head: [UInt8], _ reader: inout ByteReader) throws(MediaError) -> Bool {
    guard head.count >= 4, let length = mp3FrameBytes(head[..<4]), length + 4 <= reader.end else { return false }
    try reader.seek(to: length)
    return mp3FrameBytes(try reader.bytes(4)[...]) != nil
  }

  /// Bytes of a frame of layer III (ISO/IEC 11172-3 section 2.4.1.3, 13818-3); nil if this is no header of one.
  private static func mp3FrameBytes(_ header: ArraySlice<UInt8>) -> Int? {
    let bits = header.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let version = bits >> 19 & 3
    let (rateIndex, frequencyIndex) = (Int(bits >> 12 & 15), Int(bits >> 10 & 3))
    guard bits >> 21 == 0x7FF, version != 1, bits >> 17 & 3 == 1, rateIndex != 0, rateIndex != 15, frequencyIndex != 3 else { return nil }
    let isFirstVersion = version == 3
    let kilobits =
      isFirstVersion
      ? [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][rateIndex]
      : [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160][rateIndex]
    let frequency = [44_100, 48_000, 32_000][frequencyIndex] >> (isFirstVersion ? 0 : version == 2 ? 1 : 2)
    return (isFirstVersion ? 144_000 : 72_000) * kilobits / frequency + Int(bits >> 9 & 1)
  }
}
