// Copies a picture or a movie without what it tells of its maker: places, names, times, programs, thumbnails, comments.

/// The pixels, and what their colours and movement need, are copied byte for byte; nothing is decoded. An orientation stays, alone, so that the
/// picture stands upright. Whatever follows the picture's end is left out.
public enum MetadataStripper {
  /// Whether files of this type are copied without their metadata. All others are kept as they are.
  public static func strips(_ type: FileType) -> Bool { type.kind == .image || type == .mp4 }

  /// Writes the file to `sink` without its metadata. Throws `malformed` for a structure that is not sound, when a part of it has been
  /// written already: the copy is then worth nothing, and the upload is refused.
  public static func strip(_ source: any ByteSource, _ type: FileType, into sink: any ByteSink) throws(MediaError) {
    // What has no size, or two, is no picture.
    _ = try ImageSize.read(source, type)
    var copy = CopyingReader(source, sink)
    switch type {
    case .jpeg: try JPEG.strip(&copy)
    case .png: try PNG.strip(&copy)
    case .gif: try GIF.strip(&copy)
    case .webp: try WebP.strip(&copy)
    case .avif, .heic: try HEIF.strip(&copy)
    case .mp4: try MP4.strip(&copy)
    case .webm, .mp3, .ogg, .wav, .flac, .pdf, .zip, .text, .unknown: try copy.copy(copy.reader.end)
    }
  }
}
