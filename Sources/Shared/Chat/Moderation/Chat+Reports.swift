// Bringing a message before the moderators of its room.
package import Domain
import SQL
import Store

extension Chat {
  /// Reports of one room that can wait for its moderators, and those of one member among them.
  package static let reportsMax: Int64 = 1000
  package static let reportsOfOneMax: Int64 = 50

  /// Reports a message; reporting it again gives the report another reason. Answers whether it is new.
  package func report(_ seq: Int64, in id: String, reason: String?, by principal: Principal) throws -> Bool {
    let reason = try Reason(reason).text
    return try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .report, database)
      let place = MessageID(room: access.room, seq: seq)
      guard try Messages.find(place, database) != nil else { throw ChatError.notFound }
      guard try Reports.put(place, by: principal.user.rowID, reason: reason, at: .now, transaction) else { return false }
      guard try Reports.count(in: access.room, by: principal.user.rowID, database) <= Self.reportsOfOneMax else {
        throw ChatError(.conflict, "At most \(Self.reportsOfOneMax) reports of one member can wait.")
      }
      guard try Reports.count(in: access.room, database) <= Self.reportsMax else {
        throw ChatError(.conflict, "At most \(Self.reportsMax) reports of a room can wait.")
      }
      return true
    }
  }

  /// What waits for the moderators.
  package func reports(in id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Report] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .seeReports, database)
      return try Reports.list(in: access.room, after: cursor, limit: limit, database)
    }
  }

  /// Settles all that was reported of a message.
  package func settleReports(of seq: Int64, in id: String, by principal: Principal) throws {
    try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .seeReports, transaction.database)
      guard try Reports.delete(MessageID(room: access.room, seq: seq), transaction) else { throw ChatError.notFound }
    }
  }
}
