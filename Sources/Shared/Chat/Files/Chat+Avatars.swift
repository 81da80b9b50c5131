// The pictures of users.
public import Domain
import Media
import SQL
import Store

extension Chat {
  /// Makes a picture the principal's own, and appends `user.updated` in each of their rooms. The same picture again changes nothing. Blocks.
  public func setAvatar(_ upload: Upload, by principal: Principal) throws -> User {
    let received = try store(upload, as: .avatar, for: principal)
    let (user, isNew) = try record(received, as: principal) { [self] transaction in
      let database = transaction.database
      guard let before = try Users.findPresent(principal.user.id, database) else { throw Self.unauthenticated }
      if let avatar = before.avatar, try Files.avatar(avatar, database)?.sha256 == received.sha256 { return (before, false) }
      let now = transaction.now
      try Files.insert(received, by: before.rowID, at: now, transaction)
      return (try changeAvatar(of: before, to: received.info.id, transaction), true)
    }
    if !isNew { try? files.remove(received.info.id) }
    return user
  }

  /// Takes the principal's picture away.
  public func removeAvatar(by principal: Principal) throws -> User {
    try commit(as: principal) { [self] transaction in
      guard let before = try Users.findPresent(principal.user.id, transaction.database) else { throw Self.unauthenticated }
      return before.avatar == nil ? before : try changeAvatar(of: before, to: nil, transaction)
    }
  }

  private func changeAvatar(of before: User, to avatar: PublicID?, _ transaction: Transaction) throws -> User {
    let cause = EventCause.user(before.rowID)
    try admitProfileChange(of: before, by: cause, transaction)
    try Files.setAvatar(avatar, of: before.rowID, transaction)
    if let earlier = before.avatar { try Files.remove(earlier, transaction) }
    let user = User(
      rowID: before.rowID, id: before.id, username: before.username, displayName: before.displayName, statusText: before.statusText,
      avatar: avatar, createdAt: before.createdAt)
    try Self.announce(user, by: cause, transaction)
    return user
  }

  /// The picture of a user in a size. `version` is that of the user's `avatar_url`: with it, the answer stays true for ever. Throws `not_found`.
  public func avatar(of id: String, size: AvatarSize, version: String?) throws -> FileDelivery {
    guard let id = PublicID(id) else { throw ChatError.notFound }
    let (user, file) = try readers.read { database in
      try database.snapshot {
        guard let user = try Users.findPresent(id, database), let avatar = user.avatar, let file = try Files.avatar(avatar, database) else {
          throw ChatError.notFound
        }
        return (user, file)
      }
    }
    guard let kind = Self.kind(file.info.mediaType, file.content) else { throw ChatError.notFound }
    let variant: FileVariant = file.info.hasThumbnail ? FileVariant(size) : .original
    return FileDelivery(
      internalPath: FileStore.location + FileStore.relativePath(of: file.info.id, variant), contentType: kind.contentType,
      contentDisposition: ContentDisposition.value(name: user.username + "." + kind.type.rawValue, isInline: true),
      isImmutable: version == file.info.id.text)
  }
}
