// Types of files, by what is in them and by what their senders say.
import Media
import Testing

@Suite struct FileTypeTests {
  private static func ftyp(_ brand: String, _ others: String = "") -> [UInt8] {
    Samples.box("ftyp", Array(brand.utf8) + [0, 0, 0, 0] + others.utf8) + Samples.box("mdat", [0, 1])
  }

  /// Two frames of 128 kbit/s at 44.1 kHz: 417 bytes each.
  private static let mp3: [UInt8] = {
    let frame: [UInt8] = [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: 0, count: 413)
    return frame + frame
  }()

  static let contents: [(String, [UInt8], FileType)] = [
    ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], .jpeg),
    ("PNG", Samples.pngSignature, .png),
    ("GIF87a", Array("GIF87a".utf8), .gif),
    ("GIF89a", Array("GIF89a".utf8), .gif),
    ("WebP", Array("RIFF\0\0\0\0WEBP".utf8), .webp),
    ("WAV", Array("RIFF\0\0\0\0WAVE".utf8), .wav),
    ("another RIFF", Array("RIFF\0\0\0\0AVI ".utf8), .unknown),
    ("AVIF", ftyp("avif", "mif1"), .avif),
    ("AVIF sequence", ftyp("avis"), .avif),
    ("AVIF by what it is compatible with", ftyp("mif1", "miafavif"), .avif),
    ("HEIC", ftyp("heic", "mif1"), .heic),
    ("HEIC of any image", ftyp("mif1", "heic"), .heic),
    ("MP4", ftyp("isom", "iso2avc1"), .mp4),
    ("MP4 with a brand of a maker's own", ftyp("XAVC", "mp42"), .mp4),
    ("QuickTime", ftyp("qt  "), .mp4),
    ("3GPP", ftyp("3gp5"), .mp4),
    ("M4A", ftyp("M4A ", "mp42"), .mp4),
    ("brands of something else", ftyp("crx ", "abcd"), .unknown),
    ("ftyp that is too short", [0, 0, 0, 4] + Array("ftypisom".utf8), .unknown),
    ("WebM", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x86, 0x81, 1, 0x42, 0x82, 0x84] + Array("webm".utf8), .webm),
    ("Matroska", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x88] + Array("matroska".utf8), .unknown),
    ("MP3 with a tag", Array("ID3".utf8) + [4, 0, 0], .mp3),
    ("MP3", mp3, .mp3),
    ("one frame of MP3", Array(mp3.prefix(417)), .unknown),
    ("a frame of MP3 and something else", Array(mp3.prefix(417)) + [1, 2, 3, 4], .unknown),
    ("Ogg", Array("OggS".utf8) + [0], .ogg),
    ("FLAC", Array("fLaC".utf8) + [0], .flac),
    ("PDF", Array("%PDF-1.7".utf8), .pdf),
    ("PDF behind something", Array(" %PDF-1.7".utf8), .text),
    ("ZIP", Array("PK\u{3}\u{4}".utf8), .zip),
    ("empty ZIP", Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18), .zip),
    ("text", Array("Grüße, ☃ 𝄞\r\n\tund\u{C}".utf8), .text),
    ("nothing", [], .text),
    ("HTML", Array("<!doctype html><script>alert(1)</script>".utf8), .text),
    ("a program of Windows", Array("MZ".utf8) + [0x90, 0], .unknown),
    ("a program of Linux", [0x7F] + Array("ELF".utf8), .unknown),
    ("latin-1", Array("Gr".utf8) + [0xFC, 0xDF] + Array("e".utf8), .unknown),
    ("half a JPEG signature", [0xFF, 0xD8], .unknown),
  ]

  @Test(arguments: contents)
  func `a file is what its first bytes say`(what: String, bytes: [UInt8], type: FileType) throws {
    #expect(try FileType.detect(MemorySource(bytes)) == type)
  }

  @Test func `every type is recognised in some file`() {
    #expect(Set(Self.contents.map(\.2)) == Set(FileType.allCases))
  }

  // MARK: Text

  static let notText: [[UInt8]] = [
    [0], [7], [0x1B], [0x7F], [0x80], [0xC2, 0x80], [0xC2, 0x9F], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xE0, 0x9F, 0xBF],
    [0xED, 0xA0, 0x80],
    [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x28, 0xA1],
  ]

  @Test(arguments: notText)
  func `what is not UTF-8, or a control character, is no text, wherever it stands`(bytes: [UInt8]) throws {
    for before in [0, 1, (16 << 10) - 1, 16 << 10, (16 << 10) + 1] {
      let file = [UInt8](repeating: 0x61, count: before) + bytes
      #expect(try FileType.detect(MemorySource(file)) == .unknown, "\(before) bytes before it")
    }
  }

  @Test(arguments: ["\u{A0}", "ÿ", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{10000}", "\u{10FFFF}", "\u{FEFF}a"])
  func `a character that a window cuts is one`(character: String) throws {
    for before in (16 << 10) - 4...(16 << 10) {
      let file = [UInt8](repeating: 0x61, count: before) + Array(character.utf8)
      #expect(try FileType.detect(MemorySource(file)) == .text, "\(before) bytes before it")
    }
  }

  // MARK: Declared types

  static let agreements: [(declared: String?, type: FileType, servedAs: String, isInline: Bool)] = [
    (nil, .jpeg, "image/jpeg", true),
    ("", .png, "image/png", true),
    ("application/octet-stream", .gif, "image/gif", true),
    ("binary/octet-stream", .text, "text/plain", true),
    ("application/octet-stream", .unknown, "application/octet-stream", false),
    ("image/jpeg", .jpeg, "image/jpeg", true),
    ("IMAGE/JPG; q=1", .jpeg, "image/jpeg", true),
    (" image/pjpeg ", .jpeg, "image/jpeg", true),
    ("image/heif", .heic, "image/heic", true),
    ("image/x-png", .png, "image/png", true),
    ("video/mp4", .mp4, "video/mp4", true),
    ("audio/x-m4a", .mp4, "audio/mp4", true),
    ("video/quicktime", .mp4, "video/quicktime", true),
    ("audio/webm", .webm, "audio/webm", true),
    ("audio/mp3", .mp3, "audio/mpeg", true),
    ("video/ogg", .ogg, "video/ogg", true),
    ("audio/x-wav", .wav, "audio/wav", true),
    ("text/plain", .text, "text/plain", true),
    ("text/plain; charset=iso-8859-1", .unknown, "text/plain", false),
    ("text/html", .text, "text/html", false),
    ("TEXT/HTML", .text, "text/html", false),
    ("text/html", .unknown, "text/html", false),
    ("text/csv", .text, "text/csv", false),
    ("text/javascript", .text, "text/javascript", false),
    ("application/xhtml+xml", .text, "application/xhtml+xml", false),
    ("image/svg+xml", .text, "image/svg+xml", false),
    ("application/json", .text, "application/json", false),
    ("application/pdf", .pdf, "application/pdf", false),
    ("application/zip", .zip, "application/zip", false),
    (
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document", .zip,
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false
    ),
    ("image/tiff", .unknown, "image/tiff", false),
    ("video/x-msvideo", .unknown, "video/x-msvideo", false),
    ("application/x-own", .jpeg, "application/x-own", false),
    // No media types: the content tells.
    ("jpeg", .png, "image/png", true),
    ("image/", .png, "image/png", true),
    ("/png", .png, "image/png", true),
    ("image/png\r\nX-Evil: 1", .png, "image/png", true),
    ("text/ht ml", .text, "text/plain", true),
    ("multipart/form-data", .text, "text/plain", true),
    ("message/rfc822", .text, "text/plain", true),
    ("ïmage/png", .png, "image/png", true),
    ("a/" + String(repeating: "b", count: 200), .unknown, "application/octet-stream", false),
  ]

  @Test(arguments: agreements)
  func `a declared type that may be true is kept, and only what is recognised is shown`(
    declared: String?, type: FileType, servedAs: String, isInline: Bool
  ) throws {
    let kind = try MediaKind(declared: declared, type: type)
    #expect(kind.mediaType == servedAs)
    #expect(kind.isInline == isInline)
  }

  static let mismatches: [(String, FileType)] = [
    ("image/jpeg", .png), ("image/png", .jpeg), ("image/png", .text), ("image/jpeg", .unknown), ("image/jpeg", .pdf), ("image/gif", .zip),
    ("image/webp", .wav), ("image/heic", .avif), ("image/svg+xml", .png), ("image/svg+xml", .unknown), ("image/tiff", .text),
    ("image/tiff", .jpeg), ("image/x-icon", .zip), ("text/html", .jpeg), ("text/plain", .png), ("text/plain", .zip), ("text/csv", .pdf),
    ("video/mp4", .webm), ("video/mp4", .unknown), ("audio/mpeg", .jpeg), ("audio/aac", .png), ("application/pdf", .text),
    ("application/pdf", .jpeg), ("application/zip", .unknown),
  ]

  @Test(arguments: mismatches)
  func `a declared type that cannot be true is refused`(declared: String, type: FileType) {
    #expect(throws: MediaKind.Mismatch(declared: declared, type: type)) { try MediaKind(declared: declared, type: type) }
  }

  @Test func `nothing that a browser may run is shown inline, whatever is declared`() throws {
    let active = [
      "text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/xml", "text/javascript", "application/pdf",
    ]
    for declared in active {
      for type in FileType.allCases {
        guard let kind = try? MediaKind(declared: declared, type: type) else { continue }
        #expect(!kind.isInline, "\(declared), \(type)")
      }
    }
  }

  @Test func `text is served with its character set`() throws {
    #expect(try MediaKind(declared: nil, type: .text).contentType == "text/plain; charset=utf-8")
    #expect(try MediaKind(declared: "text/html", type: .text).contentType == "text/html; charset=utf-8")
    #expect(try MediaKind(declared: "text/csv", type: .unknown).contentType == "text/csv")
    #expect(try MediaKind(declared: "image/png", type: .png).contentType == "image/png")
  }
}
