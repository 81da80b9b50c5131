// How a stored file is named and shown: what its sender declares, held against what it is.

/// The media type under which a file is served, and whether a browser may show it in the page's own origin.
public struct MediaKind: Equatable, Sendable {
  /// What the bytes are.
  public let type: FileType
  /// In lower case, without parameters; safe in a header and in a document.
  public let mediaType: String

  /// A sender declares a type of which the content is not.
  public struct Mismatch: Error, Equatable, Sendable {
    public let declared: String
    public let type: FileType
  }

  /// The longest media type that is kept (RFC 6838 section 4.2: 127 characters on each side).
  public static let mediaTypeBytesMax = 127

  /// What a file of `type` is called whose sender declares `declared` (the value of a `Content-Type`; nil: nothing).
  ///
  /// | declared | content | served as |
  /// |---|---|---|
  /// | nothing, no media type, `application/octet-stream` | any | what it is |
  /// | a name of a known type (`image/jpg`) | of that type | the type; audio or video as declared |
  /// | a name of a known type | anything else | mismatch |
  /// | `text/*`, `image/svg+xml`, another `image/*`, `audio/*` or `video/*` | that may be it | as declared; download only |
  /// | the same | of another kind | mismatch |
  /// | any other | any | as declared; download only |
  public init(declared: String?, type: FileType) throws(Mismatch) {
    self.type = type
    let name = Self.essence(declared)
    guard let name, name != "application/octet-stream", name != "binary/octet-stream" else {
      mediaType = type.mediaType
      return
    }
    if let known = Self.known(name) {
      guard known == type else { throw Mismatch(declared: name, type: type) }
      // The same container holds sound or pictures: the sender knows. Names of one type for the same are made one.
      mediaType = Self.isPlayed(name) ? Self.spelling(name) : type.mediaType
      return
    }
    guard Self.mayBe(name, type) else { throw Mismatch(declared: name, type: type) }
    mediaType = name
  }

  /// Whether a browser may show it: an image, audio, video or plain text, recognised by content. Everything else, of which a browser may run
  /// a part (HTML, SVG, XML, scripts, PDF) or which nobody knows, is only ever served as a download.
  public var isInline: Bool {
    switch type.kind {
    case .image, .video, .audio: Self.known(mediaType) == type
    case .text: mediaType == FileType.text.mediaType
    case .document, .archive, .unknown: false
    }
  }

  /// The value of `Content-Type`.
  public var contentType: String { type == .text && mediaType.hasPrefix("text/") ? mediaType + "; charset=utf-8" : mediaType }

  /// The media type without its parameters, in lower case; nil for what is none (RFC 9110 section 8.3.1).
  private static func essence(_ declared: String?) -> String? {
    guard let declared, declared.utf8.count <= 1024 else { return nil }
    let first = declared.utf8.prefix { $0 != UInt8(ascii: ";") }
    let name = String(decoding: first, as: UTF8.self).lowercased().trimmingASCIISpace()
    let halves = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, name.utf8.count <= mediaTypeBytesMax, halves.allSatisfy({ $0.isRestrictedName }) else { return nil }
    // These are containers of a protocol, not of a file.
    guard halves[0] != "multipart", halves[0] != "message" else { return nil }
    return name
  }

  /// The recognised type of this name; text has none, since its kinds are not told apart.
  private static func known(_ name: String) -> FileType? {
    FileType.allCases.first { $0.kind != .text && $0 != .unknown && ($0.mediaType == name || $0.otherNames.contains(name)) }
  }

  private static func isPlayed(_ name: String) -> Bool { name.hasPrefix("audio/") || name.hasPrefix("video/") }

  /// One name for what has several.
  private static func spelling(_ name: String) -> String {
    switch name {
    case "audio/x-m4a", "audio/m4a": "audio/mp4"
    case "video/x-m4v": "video/mp4"
    case "audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg": "audio/mpeg"
    case "audio/wave", "audio/x-wav", "audio/vnd.wave": "audio/wav"
    case "audio/x-flac": "audio/flac"
    case "audio/opus", "audio/vorbis": "audio/ogg"
    default: name
    }
  }

  /// Whether content of `type` may be what an unknown name says.
  private static func mayBe(_ name: String, _ type: FileType) -> Bool {
    if name == "image/svg+xml" { return type == .text }
    if name.hasPrefix("text/") { return type == .text || type == .unknown }
    if name.hasPrefix("image/") { return type == .unknown }
    // Some kinds of music and video are text or packed: notes, playlists, subtitles.
    if isPlayed(name) { return type.kind != .image && type != .pdf }
    return true
  }
}

extension Substring {
  /// A type or subtype (RFC 6838 section 4.2).
  fileprivate var isRestrictedName: Bool {
    guard let first = utf8.first, first.isAlphanumeric else { return false }
    return utf8.allSatisfy { $0.isAlphanumeric || "!#$&-^_.+".utf8.contains($0) }
  }
}

extension UInt8 {
  var isAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }
}

extension String {
  /// The text without spaces and tabs at both ends.
  func trimmingASCIISpace() -> String {
    let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let rest = utf8.drop(while: isSpace)
    guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(self[rest.startIndex...last])
  }
}
