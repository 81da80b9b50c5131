// Taking one's data along.
package import Domain
import SQL
import Store

/// All that is known of a user, but for what she has said.
package struct AccountExport: Sendable {
  package let email: String?
  package let hidesReading: Bool
  package let devices: [Session]
  package let rooms: [RoomView]
  package let blocks: [Block]
}

extension Chat {
  /// Rooms that an export names.
  package static let exportRoomsMax = 10_000
  /// Bytes of their newest messages.
  package static let exportMessageBytesMax = 16 << 20
  /// Messages of one page of an export.
  package static let exportMessagesMax = 200

  /// What is known of the principal, read in one transaction.
  package func accountExport(of principal: Principal) throws -> AccountExport {
    let user = principal.user.rowID
    return try readers.read { database in
      try database.snapshot {
        AccountExport(
          email: try Users.email(of: user, database), hidesReading: try Preferences.hidesReading(user, database),
          devices: try Sessions.devices(of: user, at: .now, database),
          rooms: try Rooms.list(of: user, after: nil, limit: Self.exportRoomsMax, bytesMax: Self.exportMessageBytesMax, database),
          blocks: try Blocks.list(of: user, after: 0, limit: Int(Self.blocksMax), database))
      }
    }
  }

  /// The next of the principal's messages, also of rooms that she has left, after `cursor` (0: from the first).
  package func messages(saidBy principal: Principal, after cursor: Int64) throws -> AuthoredMessageBatch {
    try readers.read { try Messages.said(by: principal.user.rowID, after: cursor, limit: Self.exportMessagesMax, $0) }
  }
}
