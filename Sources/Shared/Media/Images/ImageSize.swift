// The size of a picture, read from its header; nothing is decoded.

/// Width and height as the picture is shown: turned as its orientation says.
public struct ImageSize: Equatable, Sendable {
  /// Pixels of the largest picture: what a thumbnail's maker can hold.
  public static let pixelsMax = 64_000_000
  /// Pixels of the longest side.
  public static let sideMax = 65_535

  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Neither side above `sideMax`, at most `pixelsMax` in all. A larger one is refused before anything decodes it.
  public var isWithinLimits: Bool {
    guard width > 0, height > 0, width <= Self.sideMax, height <= Self.sideMax else { return false }
    return width * height <= Self.pixelsMax
  }

  /// The size of an image of `type`; nil for what is no image. Reads headers only, of at most `partsMax` chunks, segments or boxes.
  /// Throws `malformed` for a header that is cut off, contradicts itself or has no pixels.
  public static func read(_ source: any ByteSource, _ type: FileType) throws(MediaError) -> ImageSize? {
    let size: ImageSize
    switch type {
    case .jpeg: size = try JPEG.size(source)
    case .png: size = try PNG.size(source)
    case .gif: size = try GIF.size(source)
    case .webp: size = try WebP.size(source)
    case .avif, .heic: size = try HEIF.size(source)
    case .mp4, .webm, .mp3, .ogg, .wav, .flac, .pdf, .zip, .text, .unknown: return nil
    }
    guard size.width > 0, size.height > 0 else { throw .malformed("The picture has no pixels.") }
    return size
  }

  /// Parts of a file that are walked at most: a photograph has some dozens, a large PNG some thousands.
  static let partsMax = 65_536
}
