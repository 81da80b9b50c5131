// Joining and leaving rooms; adding and removing members; roles.
public import Domain
import SQL
import Store
import TextSearch
import Wire

extension Chat {
  /// Joins a public room. For a member nothing changes.
  public func join(_ id: String, by principal: Principal) throws -> RoomView {
    try commit(as: principal) { [self] transaction in
      let access = try Self.access(of: principal, to: id, for: .join, transaction.database)
      if access.role == nil {
        let cause = EventCause.user(principal.user.rowID)
        try transaction.checkEventBudget(cause)
        try addMember(
          principal.user, to: access.room, PublicID(trusted: id), role: .member, reason: "joined", .joined, by: cause, transaction)
      }
      return try Self.view(PublicID(trusted: id), for: principal, transaction.database)
    }
  }

  /// Leaves a room. When its last owner leaves, another member becomes owner (`appointNextOwner`).
  public func leave(_ id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .leave, transaction.database)
      let cause = EventCause.user(principal.user.rowID)
      try transaction.checkEventBudget(cause)
      try Self.removeMember(
        principal.user, access.role ?? .member, from: access.room, PublicID(trusted: id), reason: "left", by: cause, transaction)
    }
  }

  /// Members, oldest account first; `cursor` is the row id of the last user of the previous page. `text`: those whose names match it. Throws
  /// if `text` is too long.
  public func members(
    of id: String, searchedBy text: String? = nil, for principal: Principal, after cursor: Int64, limit: Int
  ) throws -> [Member] {
    let query = try text.flatMap { $0.isEmpty ? nil : try SearchQuery(checking: $0) }
    return try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: principal, to: id, for: .seeMembers, database)
        let viewer = principal.user.rowID
        guard let query else {
          return try Memberships.members(of: access.room, for: viewer, after: cursor, limit: limit, database)
        }
        return try Memberships.members(of: access.room, matching: query, for: viewer, after: cursor, limit: limit, database)
      }
    }
  }

  /// Adds a user to a group or public room (by a moderator), or changes a member's role (by an owner). Returns the member and whether they
  /// are new; `isInvited`: they are no member yet, but have an invitation.
  public func putMember(_ memberID: String, into id: String, role word: String?, by principal: Principal) throws -> (
    member: Member, isNew: Bool, isInvited: Bool
  ) {
    guard let role = Role(word: word ?? "member") else { throw ChatError.invalid("role", "value", "One of owner, moderator and member.") }
    return try commit(as: principal) { [self] transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .addMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.findPresent(memberID, database) else { throw ChatError.notFound }
      let member = Member(user: user, role: role, joinedAt: transaction.now)
      let cause = EventCause.user(principal.user.rowID)

      guard let current = try Memberships.role(of: user.rowID, in: access.room, database) else {
        try Self.checkNoBlock(between: principal.user.rowID, user.rowID, database)
        if role != .member { try Permissions.check(.assignRole, as: access.role, in: access.kind) }
        try transaction.checkEventBudget(cause)
        guard try !admit([user], addedBy: principal.user.rowID, transaction).added.isEmpty else {
          try inviteMember(user, to: PublicID(trusted: id), role: role, by: principal.user, transaction)
          return (member, false, true)
        }
        try addMember(user, to: access.room, PublicID(trusted: id), role: role, reason: "added", .added, by: cause, transaction)
        return (member, true, false)
      }
      guard current != role else { return (member, false, false) }
      try Permissions.check(.assignRole, as: access.role, in: access.kind)
      try transaction.checkEventBudget(cause)
      try Self.setRole(of: user, to: role, in: access.room, PublicID(trusted: id), reason: "changed", by: cause, transaction)
      guard try Memberships.hasOwner(access.room, database) else {
        throw ChatError(.conflict, "A room needs at least one owner who is not suspended: appoint another one first.")
      }
      return (member, false, false)
    }
  }

  /// Removes a member of a lower role, or the principal.
  public func removeMember(_ memberID: String, from id: String, by principal: Principal) throws {
    if memberID == principal.user.id.text { return try leave(id, by: principal) }
    try commit(as: principal) { transaction in
      let database = transaction.database
      let access = try Self.access(of: principal, to: id, for: .removeMember, database)
      guard let memberID = PublicID(memberID), let user = try Users.find(memberID, database),
        let role = try Memberships.role(of: user.rowID, in: access.room, database)
      else { throw ChatError.notFound }
      try Permissions.checkRank(of: role, below: access.role)
      let cause = EventCause.user(principal.user.rowID)
      try transaction.checkEventBudget(cause)
      try AuditLog.record(.memberRemoved, by: AuditActor(cause), user: user.rowID, room: PublicID(trusted: id), transaction)
      try Self.removeMember(user, role, from: access.room, PublicID(trusted: id), reason: "removed", by: cause, transaction)
    }
  }

  /// Deletes a membership and appends `member.left`; appoints the next owner if the room would be left without one, and ends a room that
  /// nobody can come back to. The user's invitations of others to the room are withdrawn.
  static func removeMember(
    _ user: User, _ role: Role, from room: RoomRowID, _ id: PublicID, reason: String, by cause: EventCause, _ transaction: Transaction
  ) throws {
    guard try Memberships.delete(room, user.rowID, transaction) else { return }
    try Invitations.remove(in: room, by: user.rowID, transaction)
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberLeft, by: cause, room: room, user: user.rowID, data: data, at: transaction.now, transaction)
    if role == .owner, try !Memberships.hasOwner(room, transaction.database) {
      try appointNextOwner(in: room, id, by: cause, transaction)
    }
    if try Rooms.endsEmpty(room, transaction.database) { try end(id, by: cause, transaction) }
  }

  /// `actor`: who did it, if `cause` does not tell.
  static func setRole(
    of user: User, to role: Role, in room: RoomRowID, _ id: PublicID, reason: String, by cause: EventCause, actor: AuditActor? = nil,
    _ transaction: Transaction
  ) throws {
    let before = try Memberships.role(of: user.rowID, in: room, transaction.database)
    try Memberships.setRole(room, user.rowID, to: role, transaction)
    try AuditLog.record(
      .roleChanged, by: actor ?? AuditActor(cause), user: user.rowID, room: id,
      detail: "\(before?.word ?? "none") -> \(role.word), \(reason)",
      transaction)
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberUpdated, by: cause, room: room, user: user.rowID, data: data, at: transaction.now, transaction)
  }
}
