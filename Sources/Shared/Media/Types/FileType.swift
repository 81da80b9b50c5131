// The types of files that are recognised by their content.

/// What a file is, whatever its sender calls it. Only types that a browser shows, and those that people ask for by name, are told apart.
public enum FileType: String, CaseIterable, Sendable {
  case jpeg, png, gif, webp, avif, heic
  case mp4, webm
  case mp3, ogg, wav, flac
  case pdf
  /// Also what is packed in one: office documents, books, programs.
  case zip
  /// Valid UTF-8 without control characters. HTML, SVG and scripts are text, too.
  case text
  case unknown

  public enum Kind: Sendable { case image, video, audio, document, archive, text, unknown }

  public var kind: Kind {
    switch self {
    case .jpeg, .png, .gif, .webp, .avif, .heic: .image
    case .mp4, .webm: .video
    case .mp3, .ogg, .wav, .flac: .audio
    case .pdf: .document
    case .zip: .archive
    case .text: .text
    case .unknown: .unknown
    }
  }

  /// The media type of a file of which nothing else is known.
  public var mediaType: String {
    switch self {
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .gif: "image/gif"
    case .webp: "image/webp"
    case .avif: "image/avif"
    case .heic: "image/heic"
    case .mp4: "video/mp4"
    case .webm: "video/webm"
    case .mp3: "audio/mpeg"
    case .ogg: "audio/ogg"
    case .wav: "audio/wav"
    case .flac: "audio/flac"
    case .pdf: "application/pdf"
    case .zip: "application/zip"
    case .text: "text/plain"
    case .unknown: "application/octet-stream"
    }
  }

  /// The other media types that name the same content, in lower case.
  var otherNames: Set<String> {
    switch self {
    case .jpeg: ["image/jpg", "image/pjpeg"]
    case .png: ["image/x-png", "image/apng", "image/vnd.mozilla.apng"]
    case .heic: ["image/heif", "image/heic-sequence", "image/heif-sequence"]
    case .avif: ["image/avif-sequence"]
    case .mp4:
      [
        "audio/mp4", "audio/x-m4a", "audio/m4a", "video/x-m4v", "video/quicktime", "application/mp4", "video/3gpp", "video/3gpp2",
        "audio/3gpp",
      ]
    case .webm: ["audio/webm"]
    case .mp3: ["audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"]
    case .ogg: ["video/ogg", "application/ogg", "audio/opus", "audio/vorbis"]
    case .wav: ["audio/wave", "audio/x-wav", "audio/vnd.wave"]
    case .flac: ["audio/x-flac"]
    case .pdf: ["application/x-pdf"]
    case .zip: ["application/x-zip-compressed", "application/x-zip"]
    case .gif, .webp, .text, .unknown: []
    }
  }
}
