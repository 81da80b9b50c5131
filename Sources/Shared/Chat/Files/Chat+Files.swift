// Reading files, and deleting those that are in no message.
import Domain
import Media
import SQL
import Store

/// What a client may be sent, and how: nginx sends the bytes.
public struct FileDelivery: Sendable {
  /// For nginx, which alone can use it.
  public let internalPath: String
  public let contentType: String
  public let contentDisposition: String
  /// Whether the same URL will never have other bytes.
  public let isImmutable: Bool
}

extension Chat {
  /// Whether this machine has the program for thumbnails.
  public var makesThumbnails: Bool { pictureMaker.isAvailable }

  /// A file as the principal may read it: their own until it is attached, then anyone who may read the message. Throws `not_found`.
  public func file(_ id: String, isThumbnail: Bool, for principal: Principal) throws -> FileDelivery {
    let access = try access(toFile: id, for: principal)
    if isThumbnail, !access.info.hasThumbnail { throw ChatError.notFound }
    let variant: FileVariant = isThumbnail ? .thumbnail : .original
    let path = FileStore.location + FileStore.relativePath(of: access.info.id, variant)
    if isThumbnail { return Self.thumbnailDelivery(path, name: access.info.name) }
    guard let kind = Self.kind(access.info.mediaType, access.content) else { throw ChatError.notFound }
    return FileDelivery(
      internalPath: path, contentType: kind.contentType,
      contentDisposition: ContentDisposition.value(name: access.info.name, isInline: kind.isInline), isImmutable: false)
  }

  private static func thumbnailDelivery(_ path: String, name: String) -> FileDelivery {
    FileDelivery(
      internalPath: path, contentType: PictureMaker.mediaType,
      contentDisposition: ContentDisposition.value(name: name + ".webp", isInline: true), isImmutable: false)
  }

  /// What was decided when the file was received.
  static func kind(_ mediaType: String, _ content: String) -> MediaKind? {
    FileType(rawValue: content).flatMap { try? MediaKind(declared: mediaType, type: $0) }
  }

  /// Deletes one's own file that is in no message. Throws `conflict` if it is in one.
  public func deleteFile(_ id: String, by principal: Principal) throws {
    guard let id = PublicID(id) else { throw ChatError.notFound }
    try commit(as: principal) { transaction in
      let access = try Self.access(toFile: id, of: principal.user.rowID, transaction.database)
      guard access.uploader == principal.user.rowID else { throw ChatError(.forbidden, "Only who uploaded a file may delete it.") }
      guard access.message == nil else { throw ChatError(.conflict, "The file is in a message: delete that.") }
      try Files.remove(id, transaction)
    }
  }

  private func access(toFile id: String, for principal: Principal) throws -> FileAccess {
    guard let id = PublicID(id) else { throw ChatError.notFound }
    return try readers.read { try Self.access(toFile: id, of: principal.user.rowID, $0) }
  }

  /// Throws `not_found` unless the user may read the file.
  private static func access(toFile id: PublicID, of user: UserRowID, _ database: Database) throws -> FileAccess {
    guard let access = try Files.access(to: id, of: user, database) else { throw ChatError.notFound }
    guard access.message != nil else {
      guard access.uploader == user else { throw ChatError.notFound }
      return access
    }
    // A room that may be seen says nothing of its files to who is not in it.
    guard let kind = access.roomKind, Permissions.allows(.read, as: access.role, in: kind) else { throw ChatError.notFound }
    return access
  }
}
