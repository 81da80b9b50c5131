// Coming into rooms and going out of them.
import Domain
package import Store
import Wire

extension Chat {
  /// Joins a public room. Joining again changes nothing.
  package func join(_ id: String, by actor: Actor) throws -> Rooms.View {
    try commit { transaction in
      let access = try Self.access(of: actor, to: id, for: .join, transaction.database)
      if access.role == nil {
        try Self.admit(actor.user, to: access.room, PublicID(trusted: id), role: .member, reason: "joined", transaction)
      }
      return try Self.view(PublicID(trusted: id), for: actor, transaction.database)
    }
  }

  /// Leaves a room. When its last owner leaves, the highest and then the oldest member inherits it.
  package func leave(_ id: String, by actor: Actor) throws {
    try commit { transaction in
      let access = try Self.access(of: actor, to: id, for: .leave, transaction.database)
      try Self.dismiss(actor.user, access.role ?? .member, from: access.room, PublicID(trusted: id), reason: "left", transaction)
    }
  }

  /// Members by the age of their accounts; `cursor` is the last one of the page before.
  package func members(of id: String, for actor: Actor, after cursor: Int64, limit: Int) throws -> [Memberships.Member] {
    try readers.read { database in
      let access = try Self.access(of: actor, to: id, for: .seeMembers, database)
      return try Memberships.members(of: access.room, after: cursor, limit: limit, database)
    }
  }

  /// Takes someone into a group or public room (moderator), or gives a member another role (owner). Answers her role and whether she is new.
  package func putMember(_ memberID: String, into id: String, role word: String?, by actor: Actor) throws -> (
    member: Memberships.Member, isNew: Bool
  ) {
    guard let role = Role(word: word ?? "member") else { throw Refusal.invalid("role", "value", "One of owner, moderator and member.") }
    return try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: actor, to: id, for: .addMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.findPresent(memberID, database) else { throw Refusal.notFound }
      let member = Memberships.Member(user: user, role: role, joinedAt: .now)

      guard let present = try Memberships.role(of: user.number, in: access.room, database) else {
        try Self.checkNoBlock(between: actor.user.number, user.number, database)
        if role != .member { try Permissions.check(.giveRole, as: access.role, in: access.kind) }
        try Self.admit(user, to: access.room, PublicID(trusted: id), role: role, reason: "added", transaction)
        return (member, true)
      }
      guard present != role else { return (member, false) }
      try Permissions.check(.giveRole, as: access.role, in: access.kind)
      try Self.setRole(of: user, to: role, in: access.room, PublicID(trusted: id), reason: "changed", transaction)
      guard try Memberships.hasOwner(access.room, database) else {
        throw Refusal(.conflict, "A room keeps at least one owner: name another one first.")
      }
      return (member, false)
    }
  }

  /// Removes someone of a lower role, or oneself.
  package func removeMember(_ memberID: String, from id: String, by actor: Actor) throws {
    if memberID == actor.user.id.text { return try leave(id, by: actor) }
    try commit { transaction in
      let database = transaction.database
      let access = try Self.access(of: actor, to: id, for: .removeMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.find(memberID, database),
        let role = try Memberships.role(of: user.number, in: access.room, database)
      else { throw Refusal.notFound }
      try Permissions.checkRank(of: role, below: access.role)
      try Self.dismiss(user, role, from: access.room, PublicID(trusted: id), reason: "removed", transaction)
    }
  }

  static func dismiss(
    _ user: User, _ role: Role, from room: RoomNumber, _ id: PublicID, reason: String, _ transaction: Transaction
  ) throws {
    guard try Memberships.delete(room, user.number, transaction) else { return }
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberLeft, room: room, user: user.number, data: data, at: .now, transaction)
    if role == .owner, try !Memberships.hasOwner(room, transaction.database),
      let heir = try Memberships.heir(of: room, transaction.database)
    {
      try setRole(of: heir, to: .owner, in: room, id, reason: "inherited", transaction)
    }
  }

  static func setRole(
    of user: User, to role: Role, in room: RoomNumber, _ id: PublicID, reason: String, _ transaction: Transaction
  ) throws {
    try Memberships.setRole(room, user.number, to: role, transaction)
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberUpdated, room: room, user: user.number, data: data, at: .now, transaction)
  }
}
