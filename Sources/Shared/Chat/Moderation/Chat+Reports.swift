// Reporting messages to a room's moderators.
public import Domain
import SQL
import Store

extension Chat {
  /// Open reports per room, and of them per reporter.
  public static let reportsMax: Int64 = 1000
  public static let reportsPerReporterMax: Int64 = 50

  /// Reports a message; reporting it again replaces the reason. Returns whether the report is new.
  public func report(_ seq: Int64, in id: String, reason: String?, by principal: Principal) throws -> Bool {
    let reason = try Reason(reason).text
    return try commit(as: principal) { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .report, database)
      let message = MessageID(room: access.room, seq: seq)
      guard try Messages.find(message, database) != nil else { throw ChatError.notFound }
      guard try Reports.put(message, by: principal.user.rowID, reason: reason, at: transaction.now, transaction) else { return false }
      guard try Reports.count(in: access.room, by: principal.user.rowID, database) <= Self.reportsPerReporterMax else {
        throw ChatError(.conflict, "A member may have at most \(Self.reportsPerReporterMax) open reports.")
      }
      guard try Reports.count(in: access.room, database) <= Self.reportsMax else {
        throw ChatError(.conflict, "A room may have at most \(Self.reportsMax) open reports.")
      }
      return true
    }
  }

  /// Open reports of a room, for moderators.
  public func reports(in id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Report] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .seeReports, database)
      return try Reports.list(in: access.room, after: cursor, limit: limit, database)
    }
  }

  /// Resolves all reports of a message.
  public func resolveReports(of seq: Int64, in id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .seeReports, transaction.database)
      guard try Reports.delete(MessageID(room: access.room, seq: seq), transaction) else { throw ChatError.notFound }
    }
  }
}
