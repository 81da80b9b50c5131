// Reading the audit, for the operator.
public import Domain
import SQL
import Store

extension Chat {
  /// Entries in one answer.
  public static let auditEntriesMax: Int64 = 100_000

  /// The newest entries, at most `limit` and `auditEntriesMax`, oldest first: by and about `username`, since a time, of one action; nil: of
  /// all. Throws `not_found` for a user who does not exist.
  public func auditEntries(about username: String?, since: Timestamp?, action: AuditAction?, limit: Int64) throws -> [AuditEntry] {
    let username = try username.map { try Username($0) }
    return try readers.read { database in
      try database.snapshot {
        let user = try username.map { name in
          guard let user = try Users.find(username: name, database) else { throw Self.unknownUser }
          return user.rowID
        }
        let filter = AuditFilter(user: user, since: since, action: action?.rawValue)
        return try AuditLog.newest(filter, limit: min(limit, Self.auditEntriesMax), database)
      }
    }
  }
}
