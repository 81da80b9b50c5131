// Banning users from rooms.
public import Domain
import SQL
import Store

extension Chat {
  /// Bans per room.
  public static let bansMax: Int64 = 10_000

  /// Bans a non-member or a member of a lower role, who is removed: they can neither join nor be added. Membership and ban change in one
  /// transaction, so no message of theirs comes after the ban. Returns the ban and whether it is new.
  public func ban(_ userID: String, from id: String, reason: String?, by principal: Principal) throws -> (ban: Ban, isNew: Bool) {
    let reason = try Reason(reason).text
    return try commit(as: principal) { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      guard let userID = PublicID(userID), let user = try Users.findPresent(userID, database) else { throw ChatError.notFound }
      let role = try Memberships.role(of: user.rowID, in: access.room, database)
      try Permissions.checkRank(of: role, below: access.role)
      let cause = EventCause.user(principal.user.rowID)
      try transaction.charge(cause)
      if let role {
        try Self.removeMember(user, role, from: access.room, PublicID(trusted: id), reason: "banned", by: cause, transaction)
      }
      try Invitations.remove(user.rowID, in: access.room, transaction)
      let isNew = try Bans.put(user.rowID, in: access.room, by: principal.user.rowID, reason: reason, at: transaction.now, transaction)
      if isNew, try Bans.count(in: access.room, database) > Self.bansMax {
        throw ChatError(.conflict, "At most \(Self.bansMax) users can be banned from a room.")
      }
      guard let ban = try Bans.find(user.rowID, in: access.room, database) else { throw ChatError.notFound }
      if isNew { try AuditLog.record(.memberBanned, by: AuditActor(cause), user: user.rowID, room: PublicID(trusted: id), transaction) }
      return (ban, isNew)
    }
  }

  /// Lifts a ban; throws `not_found` if there is none.
  public func unban(_ userID: String, from id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .ban, transaction.database)
      try transaction.checkEventBudget(.user(principal.user.rowID))
      guard let userID = PublicID(userID), let user = try Users.find(userID, transaction.database),
        try Bans.delete(user.rowID, in: access.room, transaction)
      else { throw ChatError.notFound }
      try transaction.charge(.user(principal.user.rowID))
      try AuditLog.record(.memberUnbanned, by: .user(principal.user.rowID), user: user.rowID, room: PublicID(trusted: id), transaction)
    }
  }

  /// The ban of a user, for moderators.
  public func ban(of userID: String, from id: String, for principal: Principal) throws -> Ban {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      guard let userID = PublicID(userID), let user = try Users.find(userID, database),
        let ban = try Bans.find(user.rowID, in: access.room, database)
      else { throw ChatError.notFound }
      return ban
    }
  }

  /// The bans of a room, for moderators.
  public func bans(from id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Ban] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      return try Bans.list(in: access.room, after: cursor, limit: limit, database)
    }
  }
}
