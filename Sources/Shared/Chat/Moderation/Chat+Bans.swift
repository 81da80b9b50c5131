// Keeping somebody out of a room for good.
package import Domain
import SQL
import Store

extension Chat {
  /// People who may be banned from one room at a time.
  package static let bansMax: Int64 = 10_000

  /// Puts someone of a lower role out, or someone who is not in the room, and keeps her out: she can neither join nor be taken in.
  /// Membership and ban change in one transaction, so no message of hers has a place after the ban's. Answers the ban and whether it is new.
  package func ban(_ userID: String, from id: String, reason: String?, by principal: Principal) throws -> (ban: Ban, isNew: Bool) {
    let reason = try Reason(reason).text
    return try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      guard let userID = PublicID(userID), let user = try Users.findPresent(userID, database) else { throw ChatError.notFound }
      let role = try Memberships.role(of: user.rowID, in: access.room, database)
      try Permissions.checkRank(of: role, below: access.role)
      if let role { try Self.dismiss(user, role, from: access.room, PublicID(trusted: id), reason: "banned", transaction) }
      let isNew = try Bans.put(user.rowID, in: access.room, by: principal.user.rowID, reason: reason, at: .now, transaction)
      if isNew, try Bans.count(in: access.room, database) > Self.bansMax {
        throw ChatError(.conflict, "At most \(Self.bansMax) people can be banned from a room.")
      }
      guard let ban = try Bans.find(user.rowID, in: access.room, database) else { throw ChatError.notFound }
      return (ban, isNew)
    }
  }

  package func unban(_ userID: String, from id: String, by principal: Principal) throws {
    try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .ban, transaction.database)
      guard let userID = PublicID(userID), let user = try Users.find(userID, transaction.database),
        try Bans.delete(user.rowID, in: access.room, transaction)
      else { throw ChatError.notFound }
    }
  }

  package func ban(of userID: String, from id: String, for principal: Principal) throws -> Ban {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      guard let userID = PublicID(userID), let user = try Users.find(userID, database),
        let ban = try Bans.find(user.rowID, in: access.room, database)
      else { throw ChatError.notFound }
      return ban
    }
  }

  package func bans(from id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Ban] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .ban, database)
      return try Bans.list(in: access.room, after: cursor, limit: limit, database)
    }
  }
}
