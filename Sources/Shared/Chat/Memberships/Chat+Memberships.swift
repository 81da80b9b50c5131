// Coming into rooms and going out of them.
package import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Joins a public room. Joining again changes nothing.
  package func join(_ id: String, by principal: Principal) throws -> RoomView {
    try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .join, transaction.database)
      if access.role == nil {
        try Self.admit(principal.user, to: access.room, PublicID(trusted: id), role: .member, reason: "joined", transaction)
      }
      return try Self.view(PublicID(trusted: id), for: principal, transaction.database)
    }
  }

  /// Leaves a room. When its last owner leaves, the highest and then the oldest member inherits it.
  package func leave(_ id: String, by principal: Principal) throws {
    try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .leave, transaction.database)
      try Self.dismiss(principal.user, access.role ?? .member, from: access.room, PublicID(trusted: id), reason: "left", transaction)
    }
  }

  /// Members by the age of their accounts; `cursor` is the last one of the page before.
  package func members(of id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Member] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .seeMembers, database)
      return try Memberships.members(of: access.room, after: cursor, limit: limit, database)
    }
  }

  /// Takes someone into a group or public room (moderator), or gives a member another role (owner). Answers her role and whether she is new.
  package func putMember(_ memberID: String, into id: String, role word: String?, by principal: Principal) throws -> (
    member: Member, isNew: Bool
  ) {
    guard let role = Role(word: word ?? "member") else { throw ChatError.invalid("role", "value", "One of owner, moderator and member.") }
    return try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .addMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.findPresent(memberID, database) else { throw ChatError.notFound }
      let member = Member(user: user, role: role, joinedAt: .now)

      guard let present = try Memberships.role(of: user.rowID, in: access.room, database) else {
        try Self.checkNoBlock(between: principal.user.rowID, user.rowID, database)
        if role != .member { try Permissions.check(.giveRole, as: access.role, in: access.kind) }
        try Self.admit(user, to: access.room, PublicID(trusted: id), role: role, reason: "added", transaction)
        return (member, true)
      }
      guard present != role else { return (member, false) }
      try Permissions.check(.giveRole, as: access.role, in: access.kind)
      try Self.setRole(of: user, to: role, in: access.room, PublicID(trusted: id), reason: "changed", transaction)
      guard try Memberships.hasOwner(access.room, database) else {
        throw ChatError(.conflict, "A room keeps at least one owner: name another one first.")
      }
      return (member, false)
    }
  }

  /// Removes someone of a lower role, or oneself.
  package func removeMember(_ memberID: String, from id: String, by principal: Principal) throws {
    if memberID == principal.user.id.text { return try leave(id, by: principal) }
    try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .removeMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.find(memberID, database),
        let role = try Memberships.role(of: user.rowID, in: access.room, database)
      else { throw ChatError.notFound }
      try Permissions.checkRank(of: role, below: access.role)
      try Self.dismiss(user, role, from: access.room, PublicID(trusted: id), reason: "removed", transaction)
    }
  }

  static func dismiss(
    _ user: User, _ role: Role, from room: RoomRowID, _ id: PublicID, reason: String, _ transaction: Transaction
  ) throws {
    guard try Memberships.delete(room, user.rowID, transaction) else { return }
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberLeft, room: room, user: user.rowID, data: data, at: .now, transaction)
    if role == .owner, try !Memberships.hasOwner(room, transaction.database),
      let heir = try Memberships.heir(of: room, transaction.database)
    {
      try setRole(of: heir, to: .owner, in: room, id, reason: "inherited", transaction)
    }
  }

  static func setRole(
    of user: User, to role: Role, in room: RoomRowID, _ id: PublicID, reason: String, _ transaction: Transaction
  ) throws {
    try Memberships.setRole(room, user.rowID, to: role, transaction)
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberUpdated, room: room, user: user.rowID, data: data, at: .now, transaction)
  }
}
