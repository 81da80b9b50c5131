// Export of a user's own data.
public import Domain
import SQL
import Store

extension Chat {
  /// Rooms in one export.
  public static let exportRoomsMax = 10_000
  /// Bytes of the rooms' newest messages.
  public static let exportMessageBytesMax = 16 << 20
  /// The newest audit entries by and about the user.
  public static let exportAuditMax: Int64 = 10_000
  /// Files in one export.
  public static let exportFilesMax = 10_000
  /// Mails in one export: more than are kept of one user.
  public static let exportMailsMax = 10_000
  /// Messages in one page of an export.
  public static let exportMessagesMax = 200

  /// The principal's data, read in one transaction.
  public func accountExport(of principal: Principal) throws -> AccountExport {
    let user = principal.user.rowID
    return try readers.read { database in
      try database.snapshot {
        AccountExport(
          own: try Users.ownAccount(of: user, database), devices: try KnownDevices.list(of: user, database),
          hostIdentity: try HostUsers.identity(of: user, database),
          sessions: try Sessions.list(of: user, at: clock.now, database),
          rooms: try Rooms.list(of: user, after: nil, limit: Self.exportRoomsMax, bytesMax: Self.exportMessageBytesMax, database),
          blocks: try Blocks.list(of: user, after: 0, limit: Int(Self.blocksMax), database),
          audit: try AuditLog.newest(AuditFilter(user: user), limit: Self.exportAuditMax, database),
          files: try Files.list(of: user, limit: Self.exportFilesMax, database), mails: try Self.ownMails(of: user, database),
          saved: try SavedMessages.places(of: user, database))
      }
    }
  }

  /// Those to the verified address. Whether another address got a mail tells whether it has an account: see Decisions/0020.
  private static func ownMails(of user: UserRowID, _ database: Database) throws -> [MailRecord] {
    let email = try Users.accountEmail(of: user, database)
    guard email.isVerified, let address = email.address else { return [] }
    return try Mails.list(of: user, to: address, limit: exportMailsMax, database)
  }

  /// The principal's next messages after `cursor` (0: from the first), including those in rooms they have left.
  public func messages(by principal: Principal, after cursor: Int64) throws -> AuthoredMessageBatch {
    if cursor == 0 { try moveTails(of: principal.user.rowID) }
    return try readers.read { try Messages.said(by: principal.user.rowID, after: cursor, limit: Self.exportMessagesMax, $0) }
  }

  /// Moves what a user has said in the tails of rooms to where the rest is.
  func moveTails(of user: UserRowID) throws {
    for room in try readers.read({ try Messages.roomsWithTails(of: user, $0) }) {
      try commit { try Messages.moveTail(of: room, $0) }
    }
  }
}
