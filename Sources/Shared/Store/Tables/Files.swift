// Files: whose they are, what they are attached to, and what they take of the disk.
public import Domain
public import SQL

/// A file as it is recorded.
public struct FileRecord: Sendable {
  public let info: FileInfo
  public let purpose: FilePurpose
  /// What the bytes are.
  public let content: String
  public let sha256: [UInt8]
  /// Bytes on disk, in whole blocks, with thumbnails.
  public let diskBytes: Int64

  public init(info: FileInfo, purpose: FilePurpose, content: String, sha256: [UInt8], diskBytes: Int64) {
    self.info = info
    self.purpose = purpose
    self.content = content
    self.sha256 = sha256
    self.diskBytes = diskBytes
  }
}

/// A file and what decides who may read it.
public struct FileAccess: Sendable {
  public let info: FileInfo
  /// What the bytes are.
  public let content: String
  public let uploader: UserRowID
  /// Nil: it is not attached.
  public let message: MessageID?
  /// Of the room of the message; nil if there is none.
  public let roomKind: RoomKind?
  /// Of the asking user in that room; nil if they are no member.
  public let role: Role?
}

public enum Files {
  public static func insert(_ file: FileRecord, by user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws {
    let info = file.info
    try transaction.database.run(
      """
      INSERT INTO files (public_id, user_id, purpose, name, media_type, content, size, width, height, sha256, has_thumbnail, disk_bytes, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .text(info.id.text), .integer(user.value), .integer(file.purpose.rawValue), .text(info.name), .text(info.mediaType),
      .text(file.content),
      .integer(info.size), .optional(info.width), .optional(info.height), .blob(file.sha256), .integer(info.hasThumbnail ? 1 : 0),
      .integer(file.diskBytes), .integer(now.milliseconds))
  }

  /// Bytes on disk of a user's files, and of all files.
  public static func diskBytes(of user: UserRowID, _ database: Database) throws -> (user: Int64, total: Int64) {
    func bytes(_ user: Int64) throws -> Int64 {
      try database.first("SELECT disk_bytes FROM file_totals WHERE user_id = ?", .integer(user)) { $0.integer(0) } ?? 0
    }
    return (try bytes(user.value), try bytes(0))
  }

  /// An attachment, with the place of `user` in its room. Nil if there is none.
  public static func access(to id: PublicID, of user: UserRowID, _ database: Database) throws -> FileAccess? {
    try database.first(selectAccess, .text(id.text), .integer(user.value)) { row in
      var columns = row.columns()
      let (info, content, uploader) = (columns.fileInfo(), columns.text(), columns.userRowID())
      let (message, kind) = (columns.optionalInteger(), columns.optionalInteger())
      return FileAccess(
        info: info, content: content, uploader: uploader, message: message.map(MessageID.init(row:)),
        roomKind: kind.flatMap(RoomKind.init(rawValue:)),
        role: columns.optionalRole())
    }
  }

  /// A file of its uploader that is not attached and is no avatar; nil if there is none.
  public static func unattached(_ id: PublicID, of user: UserRowID, _ database: Database) throws -> FileInfo? {
    try database.first(selectUnattached, .text(id.text), .integer(user.value)) { row in
      var columns = row.columns()
      return columns.fileInfo()
    }
  }

  public static func attach(_ ids: [PublicID], to message: MessageID, _ transaction: Transaction) throws {
    for id in ids {
      try transaction.database.run("UPDATE files SET message_id = ? WHERE public_id = ?", .integer(message.row), .text(id.text))
    }
  }

  /// The picture of a user; nil if this is none.
  public static func avatar(_ id: PublicID, _ database: Database) throws -> FileRecord? {
    try database.first(selectAvatar, .text(id.text)) { row in
      var columns = row.columns()
      return FileRecord(
        info: columns.fileInfo(), purpose: .avatar, content: columns.text(), sha256: columns.bytes(), diskBytes: columns.integer())
    }
  }

  public static func setAvatar(_ id: PublicID?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET avatar = ? WHERE id = ?", .optional(id?.text), .integer(user.value))
  }

  /// A user's files, the oldest first.
  public static func list(of user: UserRowID, limit: Int, _ database: Database) throws -> [OwnFile] {
    try database.all(selectOfUser, .integer(user.value), .integer(Int64(limit))) { row in
      var columns = row.columns()
      let info = columns.fileInfo()
      return OwnFile(info: info, purpose: FilePurpose(rawValue: columns.integer()) ?? .attachment, createdAt: columns.time())
    }
  }
}

// MARK: Removal. The table's trigger hands each file that goes to `removed_files`.

extension Files {
  public static func remove(_ id: PublicID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM files WHERE public_id = ?", .text(id.text))
  }

  public static func remove(of message: MessageID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM files WHERE message_id = ?", .integer(message.row))
  }

  /// Up to `limit` files of an account that is deleted; returns how many.
  public static func remove(of user: UserRowID, limit: Int, _ transaction: Transaction) throws -> Int64 {
    try transaction.database.run(
      "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE user_id = ? LIMIT ?)", .integer(user.value), .integer(Int64(limit)))
  }

  /// Up to `limit` files of a room's messages; returns how many.
  static func remove(inRoom room: Int64, limit: Int, _ transaction: Transaction) throws -> Int64 {
    try transaction.database.run(
      "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE message_id BETWEEN ?1 << 32 | 1 AND ?1 << 32 | ?2 LIMIT ?3)",
      .integer(room), .integer(MessageID.seqMax), .integer(Int64(limit)))
  }

  /// Up to `limit` files that were not attached since `time`; returns how many.
  public static func removeUnattached(before time: Timestamp, limit: Int, _ transaction: Transaction) throws -> Int64 {
    try transaction.database.run(
      """
      DELETE FROM files WHERE id IN (
        SELECT id FROM files WHERE message_id IS NULL AND created_at < ? AND purpose = 1 ORDER BY created_at LIMIT ?)
      """, .integer(time.milliseconds), .integer(Int64(limit)))
  }

  /// Files that are to be deleted from the disk.
  public static func removed(limit: Int, _ database: Database) throws -> [PublicID] {
    try database.all("SELECT public_id FROM removed_files LIMIT ?", .integer(Int64(limit))) { PublicID(trusted: $0.text(0)) }
  }

  /// These are deleted from the disk.
  public static func forgetRemoved(_ ids: [PublicID], _ transaction: Transaction) throws {
    for id in ids { try transaction.database.run("DELETE FROM removed_files WHERE public_id = ?", .text(id.text)) }
  }

  /// The files whose id begins with `prefix`, which is ASCII.
  public static func ids(withPrefix prefix: String, _ database: Database) throws -> Set<String> {
    Set(
      try database.all("SELECT public_id FROM files WHERE public_id >= ? AND public_id < ?", .text(prefix), .text(prefix + "\u{7f}")) {
        $0.text(0)
      })
  }
}

// MARK: Statements

extension Files {
  private static let columns = "f.public_id, f.name, f.media_type, f.size, f.width, f.height, f.has_thumbnail"

  private static let selectAccess = Statement(
    composing: """
      SELECT \(columns), f.content, f.user_id, f.message_id, r.kind, m.role
      FROM files f
      LEFT JOIN rooms r ON r.id = f.message_id >> 32
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?2
      WHERE f.public_id = ?1 AND f.purpose = 1
      """)

  private static let selectUnattached = Statement(
    composing: "SELECT \(columns) FROM files f WHERE f.public_id = ? AND f.user_id = ? AND f.message_id IS NULL AND f.purpose = 1")

  private static let selectAvatar = Statement(
    composing: "SELECT \(columns), f.content, f.sha256, f.disk_bytes FROM files f WHERE f.public_id = ? AND f.purpose = 2")

  private static let selectOfUser = Statement(
    composing: "SELECT \(columns), f.purpose, f.created_at FROM files f WHERE f.user_id = ? ORDER BY f.id LIMIT ?")
}

extension Row.Columns {
  fileprivate mutating func fileInfo() -> FileInfo {
    FileInfo(
      id: publicID(), name: text(), mediaType: text(), size: integer(), width: optionalInteger(), height: optionalInteger(),
      hasThumbnail: integer() != 0)
  }
}
