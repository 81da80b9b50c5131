// Thumbnails of pictures that were uploaded while too many others were being made small.
import Domain
import Posix
import SQL
import Store
import Wire

extension Chat {
  /// How long one call makes thumbnails, but for the last of them.
  private static let makingMilliseconds: Int64 = 10_000
  /// Older pictures than this have no thumbnail for good: none could be made of them.
  private static let makingSeconds: Int64 = 24 * 3600

  /// Makes thumbnails that uploads did not wait for, until `isStopping` says so between two of them; tries each picture once in the life of a
  /// process. Blocks.
  public func makeLateThumbnails(isStopping: () -> Bool) throws {
    guard makesThumbnails, files.hasRoom(for: 0) else { return }
    let deadline = Clock.bootMilliseconds() + Self.makingMilliseconds
    while !isStopping(), Clock.bootMilliseconds() < deadline, try makeNextThumbnail() {}
  }

  /// False once there is no picture that was not tried.
  private func makeNextThumbnail() throws -> Bool {
    let (last, since) = (lastThumbnailRow.withLock { $0 }, clock.now + .seconds(-Self.makingSeconds))
    guard let picture = try readers.read({ try Files.pictureWithoutThumbnail(after: last, since: since, $0) }) else { return false }
    lastThumbnailRow.withLock { $0 = picture.row }
    let thumbnail = IncomingFile(files, picture.id, ending: ".webp")
    let original = files.path(of: picture.id, .original)
    guard pictureMaker.makeThumbnail(of: original, at: thumbnail.path, for: picture.uploader), let bytes = thumbnail.byteCount else {
      return true
    }
    try files.publish([(thumbnail.path, .thumbnail)], as: picture.id)
    let isRecorded = try commit { try Self.addThumbnail(to: picture, diskBytes: Self.onDisk([bytes]), $0) }
    if !isRecorded { try files.remove(picture.id) }
    return true
  }

  /// Records a thumbnail, and tells it to those who have the message. False if the picture is gone.
  private static func addThumbnail(to picture: PlainPicture, diskBytes: Int64, _ transaction: Transaction) throws -> Bool {
    guard let file = try Files.access(to: picture.id, of: picture.uploader, transaction.database) else { return false }
    try Files.addThumbnail(to: picture.id, of: picture.uploader, diskBytes: diskBytes, transaction)
    guard let place = file.message, let stored = try Messages.find(place, transaction.database) else { return true }
    var message = try message(stored)
    for index in message.attachments.indices where message.attachments[index].id == picture.id {
      message.attachments[index].hasThumbnail = true
    }
    var writer = JSONWriter(reservingBytes: stored.json.count + 64)
    writer.message(message)
    try Messages.replace(stored.id, json: writer.bytes, transaction)
    try Journal.append(
      .messageEdited, by: .server, room: stored.id.room, message: stored.id, data: writer.bytes, at: transaction.now, transaction)
    return true
  }
}
