// Reading messages.
public import Domain
import SQL
import Store

extension Chat {
  /// Messages of a public room that those see who have not joined it.
  public static let previewMessagesMax = 50

  /// A page of a room's messages; for members. Others see the newest messages of a public room, unless they are banned from it.
  public func page(of room: String, _ window: MessageRange, limit: Int, for principal: Principal) throws -> MessagePage {
    try readers.read { database in
      // One snapshot: the page is consistent with its `has_before` and `has_after`, and SQLite takes its file locks once.
      try database.snapshot {
        let isLatest = if case .latest = window { true } else { false }
        let access = try Self.access(of: principal, to: room, for: isLatest ? .preview : .read, database)
        if access.role == nil {
          if try Bans.exists(principal.user.rowID, in: access.room, database) { throw Self.banned }
          var page = try Messages.page(of: access.room, window, limit: min(limit, Self.previewMessagesMax), database)
          page.hasBefore = false
          return page
        }
        return try Messages.page(of: access.room, window, limit: limit, database)
      }
    }
  }

  /// The messages that reply to one, after `cursor` (0: from the first), in their order; for members.
  public func replies(to seq: Int64, in room: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [StoredReply] {
    try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: principal, to: room, for: .read, database)
        let id = MessageID(room: access.room, seq: seq)
        guard try Messages.find(id, database) != nil else { throw ChatError.notFound }
        return try Replies.list(to: id, after: cursor, limit: limit, database)
      }
    }
  }

  /// One message as JSON; for members.
  public func message(_ seq: Int64, in room: String, for principal: Principal) throws -> [UInt8] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: room, for: .read, database)
      guard let stored = try Messages.find(MessageID(room: access.room, seq: seq), database) else { throw ChatError.notFound }
      return stored.json
    }
  }
}
