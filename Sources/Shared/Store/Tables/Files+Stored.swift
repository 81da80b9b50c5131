// What the rows of files say of the bytes on disk: for who copies or checks them all.
public import Domain
public import SQL

/// A file as it must be on disk.
public struct StoredFile: Sendable {
  public let id: PublicID
  public let purpose: FilePurpose
  public let hasThumbnail: Bool
  /// Of the file that was uploaded, as far as it is kept.
  public let size: Int64
  public let sha256: [UInt8]
}

extension Files {
  /// Files came with this schema.
  public static let schema = 23

  /// Calls `body` for each file, in the order of ids.
  public static func forEachStored(_ database: Database, _ body: (StoredFile) throws -> Void) throws {
    try database.forEach("SELECT public_id, purpose, has_thumbnail, size, sha256 FROM files ORDER BY public_id") { row in
      var columns = row.columns()
      try body(
        StoredFile(
          id: PublicID(trusted: columns.text()), purpose: FilePurpose(rawValue: columns.integer()) ?? .attachment,
          hasThumbnail: columns.bool(), size: columns.integer(), sha256: columns.bytes()))
    }
  }

  /// Whether a file has a row now.
  public static func exists(_ id: PublicID, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM files WHERE public_id = ?", .text(id.text)) { _ in true } ?? false
  }
}
