// Reading messages.
public import Domain
import SQL
import Store

extension Chat {
  /// A page of a room's messages; for members.
  public func page(of room: String, _ window: MessageRange, limit: Int, for principal: Principal) throws -> MessagePage {
    try readers.read { database in
      // One snapshot: the page is consistent with its `has_before` and `has_after`, and SQLite takes its file locks once.
      try database.snapshot {
        let access = try Self.access(of: principal, to: room, for: .read, database)
        return try Messages.page(of: access.room, window, limit: limit, database)
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
