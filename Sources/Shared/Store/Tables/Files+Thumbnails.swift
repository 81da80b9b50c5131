// Thumbnails that are made later than their files.
public import Domain
public import SQL

/// A picture that has no thumbnail.
public struct PlainPicture: Sendable {
  /// Its row number: later files have higher ones.
  public let row: Int64
  public let id: PublicID
  public let uploader: UserRowID
}

extension Files {
  /// The first picture without a thumbnail behind a row number, of those that were uploaded after `time`.
  public static func pictureWithoutThumbnail(after row: Int64, since time: Timestamp, _ database: Database) throws -> PlainPicture? {
    try database.first(
      """
      SELECT id, public_id, user_id FROM files
      WHERE id > ? AND has_thumbnail = 0 AND width IS NOT NULL AND purpose = 1 AND created_at > ? ORDER BY id LIMIT 1
      """, .integer(row), .integer(time.milliseconds)
    ) { PlainPicture(row: $0.integer(0), id: PublicID(trusted: $0.text(1)), uploader: UserRowID($0.integer(2))) }
  }

  /// Records that a user's file has a thumbnail, of so many bytes on disk.
  public static func addThumbnail(to id: PublicID, of user: UserRowID, diskBytes: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE files SET has_thumbnail = 1, disk_bytes = disk_bytes + ? WHERE public_id = ?", .integer(diskBytes), .text(id.text))
    try transaction.database.run(
      "UPDATE file_totals SET disk_bytes = disk_bytes + ? WHERE user_id IN (0, ?)", .integer(diskBytes), .integer(user.value))
  }
}
