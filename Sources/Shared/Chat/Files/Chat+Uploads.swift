// Receiving files: checked and without metadata on disk, then recorded within the quotas.
import Auth
import Configuration
public import Domain
import Glibc
import Media
import Posix
import SQL
import Store

extension Chat {
  /// Bytes of a block on disk, in which files are counted: many small ones take room, too.
  private static let diskBlockBytes: Int64 = 4096

  /// Receives a file that the principal may attach to one of their messages. Blocks. Throws `ChatError` for what is refused.
  public func receiveFile(_ upload: Upload, by principal: Principal) throws -> FileInfo {
    let received = try store(upload, as: .attachment, for: principal)
    return try record(received, as: principal) { transaction in
      try Files.insert(received, by: principal.user.rowID, at: transaction.now, transaction)
      return received.info
    }
  }

  /// Records a file that lies in its place. If a rule refuses it, it is deleted from there; what was perhaps stored is left to the sweep.
  func record<Result: Sendable>(
    _ file: FileRecord, as principal: Principal, _ change: @escaping Change<Result>
  ) throws -> Result {
    let limits = settings.files.limits
    do {
      return try commit(as: principal) { [files] transaction in
        try Self.checkQuota(limits, adding: file.diskBytes, for: principal.user.rowID, transaction.database)
        // The sweep has taken it for a left-over: this took longer than files may wait to be attached.
        guard !files.isMissing(file.info.id) else { throw Self.tooSlow }
        return try change(transaction)
      }
    } catch let error as ChatError {
      try? files.remove(file.info.id)
      throw error
    }
  }

  private static let tooSlow = ChatError(.unavailable, "The upload took too long. Try again.", retryAfterMilliseconds: 10_000)

  /// Throws `quota_exceeded` unless so many bytes more may be stored.
  private static func checkQuota(_ limits: FileLimits, adding bytes: Int64, for user: UserRowID, _ database: Database) throws {
    let stored = try Files.diskBytes(of: user, database)
    if let most = limits.perUserBytes, stored.user + bytes > most {
      throw ChatError(.quotaExceeded, "Your files may take \(most) bytes. Delete messages with files first.")
    }
    if let most = limits.totalBytes, stored.total + bytes > most {
      throw ChatError(.quotaExceeded, "The room that this server has for files is used up.")
    }
  }

  /// Receives, checks and cleans a file, and puts it in its place: on disk when this returns.
  func store(_ upload: Upload, as purpose: FilePurpose, for principal: Principal) throws -> FileRecord {
    let (limits, user) = (settings.files.limits, principal.user.rowID)
    // What would be refused in the end need not be read.
    guard !isReadOnly(principal) else { throw ChatError.emailUnverified }
    let announced = try upload.announcedBytes(fileBytesMax: limits.fileBytesMax)
    try readers.read { try Self.checkQuota(limits, adding: announced - Upload.formBytesMax, for: user, $0) }
    guard files.hasRoom(for: announced) else { throw Upload.diskFull }
    let id = PublicID(trusted: Random.id())
    let received = try upload.receive(into: files, id: id, fileBytesMax: limits.fileBytesMax)
    let content = try CheckedContent(received, as: purpose)
    let original = IncomingFile(files, id)
    let (size, hash) = try content.copy(to: try files.create(original.path, mode: 0o600))
    guard size <= limits.fileBytesMax else { throw Upload.tooLarge(limits.fileBytesMax) }
    try uploadCheck.check(original.path, for: user, at: upload.client)
    return switch purpose {
    case .attachment: try publish(original, content, id, received.name, size, hash, for: user)
    case .avatar: try publishAvatar(original, content, id, size, hash, for: user)
    }
  }

  private func publish(
    _ original: IncomingFile, _ content: CheckedContent, _ id: PublicID, _ name: String, _ size: Int64, _ hash: [UInt8],
    for user: UserRowID
  ) throws -> FileRecord {
    let thumbnail = IncomingFile(files, id, ending: ".webp")
    let isMade = content.isPicture && pictureMaker.makeThumbnail(of: original.path, at: thumbnail.path, for: user)
    let thumbnailBytes = isMade ? thumbnail.byteCount : nil
    try publish([(original, .original)] + (thumbnailBytes == nil ? [] : [(thumbnail, .thumbnail)]), as: id)
    let info = FileInfo(
      id: id, name: name, mediaType: content.mediaType, size: size, width: content.width, height: content.height,
      hasThumbnail: thumbnailBytes != nil)
    return FileRecord(
      info: info, purpose: .attachment, content: content.type, sha256: hash, diskBytes: Self.onDisk([size, thumbnailBytes ?? 0]))
  }

  /// Only the squares stay; without them, the picture.
  private func publishAvatar(
    _ original: IncomingFile, _ content: CheckedContent, _ id: PublicID, _ size: Int64, _ hash: [UInt8], for user: UserRowID
  ) throws -> FileRecord {
    let squares = AvatarSize.allCases.map { (size: $0, file: IncomingFile(files, id, ending: "-\($0.rawValue).webp")) }
    let isMade = pictureMaker.makeSquares(of: original.path, at: squares.map { ($0.size, $0.file.path) }, for: user)
    let sizes = isMade ? squares.compactMap(\.file.byteCount) : []
    guard sizes.count == squares.count, let largest = sizes.max() else {
      try publish([(original, .original)], as: id)
      let info = FileInfo(
        id: id, name: "avatar", mediaType: content.mediaType, size: size, width: content.width, height: content.height,
        hasThumbnail: false)
      return FileRecord(info: info, purpose: .avatar, content: content.type, sha256: hash, diskBytes: Self.onDisk([size]))
    }
    try publish(squares.map { ($0.file, FileVariant($0.size)) }, as: id)
    let side = Int64(AvatarSize.large.rawValue)
    let info = FileInfo(
      id: id, name: "avatar", mediaType: PictureMaker.mediaType, size: largest, width: side, height: side, hasThumbnail: true)
    return FileRecord(info: info, purpose: .avatar, content: "webp", sha256: hash, diskBytes: Self.onDisk(sizes))
  }

  private func publish(_ parts: [(file: IncomingFile, variant: FileVariant)], as id: PublicID) throws {
    do {
      try files.publish(parts.map { ($0.file.path, $0.variant) }, as: id)
    } catch {
      try? files.remove(id)
      throw error
    }
  }

  static func onDisk(_ sizes: [Int64]) -> Int64 {
    sizes.reduce(0) { $0 + ($1 + diskBlockBytes - 1) / diskBlockBytes * diskBlockBytes }
  }
}

/// What an upload has turned out to be.
private struct CheckedContent {
  let source: any ByteSource
  let kind: MediaKind
  let pixels: ImageSize?

  /// Types of pictures that browsers show; what else can be a thumbnail is not what everybody's picture must be.
  private static let avatarTypes: Set<FileType> = [.jpeg, .png, .gif, .webp, .avif]

  var type: String { kind.type.rawValue }
  var mediaType: String { kind.mediaType }
  var isPicture: Bool { pixels != nil }
  var width: Int64? { (pixels?.width).map(Int64.init) }
  var height: Int64? { (pixels?.height).map(Int64.init) }

  /// Holds the bytes against what the sender declares, and reads a picture's size from its header. Nothing is decoded.
  init(_ file: ReceivedFile, as purpose: FilePurpose) throws {
    source = file.source
    let type = try refusing(with: .fileUnreadable) { () throws(MediaError) in try FileType.detect(file.source) }
    if purpose == .avatar, !Self.avatarTypes.contains(type) {
      throw ChatError(.fileTypeMismatch, "A picture: JPEG, PNG, GIF, WebP or AVIF.")
    }
    do throws(MediaKind.Mismatch) {
      kind = try MediaKind(declared: file.declaredType, type: type)
    } catch {
      throw ChatError(.fileTypeMismatch, "The file is not of the type \(error.declared).")
    }
    pixels = try refusing(with: .fileUnreadable) { () throws(MediaError) in try ImageSize.read(file.source, type) }
    if let pixels, !pixels.isWithinLimits {
      throw ChatError(
        .imageTooLarge, "A picture has at most \(ImageSize.pixelsMax / 1_000_000) megapixels and \(ImageSize.sideMax) pixels a side.")
    }
  }

  /// Writes the file without a picture's metadata; returns its size and its hash.
  func copy(to file: consuming FileDescriptor) throws -> (size: Int64, hash: [UInt8]) {
    let sink = HashingSink(FileSink(owning: file))
    try refusing(with: .fileUnreadable) { () throws(MediaError) in try MetadataStripper.strip(source, kind.type, into: sink) }
    let hash = try sink.finish()
    guard sink.count > 0 else { throw ChatError(.fileUnreadable, "The file has no content.") }
    return (sink.count, hash)
  }
}
