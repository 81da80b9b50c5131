// Invitations: links that let users join a room.
import Auth
public import Domain
import SQL
import Store

extension Chat {
  /// Open invitations per room.
  public static let invitesMax = 100
  public static let inviteSeconds: ClosedRange<Int64> = 60...2_592_000
  public static let inviteSecondsStandard: Int64 = 604_800
  public static let inviteUses: ClosedRange<Int64> = 1...10_000

  /// Creates an invitation. Its code lets users join until it expires or is used up. A repeated request (same `idempotencyKey`, same
  /// fields) returns the first one's invitation if that is still open.
  public func invite(
    to id: String, expiresInSeconds: Int64?, uses: Int64?, by principal: Principal, idempotencyKey: String? = nil
  ) throws -> (invite: Invite, isNew: Bool) {
    let key = try idempotencyKey.map { try ClientID($0, field: "Idempotency-Key") }
    let fingerprint = Digest.sha256Prefix64(Array("invite\n\(id)\n\(expiresInSeconds ?? 0)\n\(uses ?? 0)".utf8))
    let seconds = expiresInSeconds ?? Self.inviteSecondsStandard
    guard Self.inviteSeconds.contains(seconds) else {
      throw ChatError.invalid(
        "expires_in", "range", "Between \(Self.inviteSeconds.lowerBound) and \(Self.inviteSeconds.upperBound) seconds.")
    }
    if let uses, !Self.inviteUses.contains(uses) {
      throw ChatError.invalid("uses", "range", "Between \(Self.inviteUses.lowerBound) and \(Self.inviteUses.upperBound) times.")
    }
    return try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .invite, transaction.database)
      let now = transaction.now
      if let key, let earlier = try IdempotencyKeys.find(key, of: principal.user.rowID, transaction.database) {
        guard earlier.fingerprint == fingerprint,
          let invite = try Invites.find(PublicID(trusted: earlier.result), at: now, transaction.database)
        else { throw ChatError(.clientIDReused, "This Idempotency-Key was used for another request.") }
        return (invite, false)
      }
      guard try Invites.list(in: access.room, at: now, after: 0, limit: Self.invitesMax, transaction.database).count < Self.invitesMax
      else { throw ChatError(.conflict, "A room may have at most \(Self.invitesMax) open invites.") }
      try transaction.charge(.user(principal.user.rowID))
      let code = PublicID(trusted: Random.id())
      try Invites.insert(
        code, to: access.room, by: principal.user.rowID, uses: uses, at: now, expiresAt: now + .seconds(seconds), transaction)
      if let key {
        try IdempotencyKeys.insert(key, of: principal.user.rowID, fingerprint: fingerprint, result: code.text, at: now, transaction)
      }
      guard let invite = try Invites.find(code, at: now, transaction.database) else { throw ChatError.notFound }
      return (invite, true)
    }
  }

  /// Open invitations to a room.
  public func invites(to id: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Invite] {
    try readers.read { database in
      let access = try Self.access(of: principal, to: id, for: .invite, database)
      return try Invites.list(in: access.room, at: clock.now, after: cursor, limit: limit, database)
    }
  }

  /// Deletes an invitation; throws `not_found` if there is none of this code.
  public func revokeInvite(_ code: String, to id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .invite, transaction.database)
      try transaction.checkEventBudget(.user(principal.user.rowID))
      guard let code = PublicID(code), try Invites.delete(code, in: access.room, transaction) else { throw ChatError.notFound }
      try transaction.charge(.user(principal.user.rowID))
    }
  }

  /// What the holder of a code sees before accepting, signed in or not. Throws `not_found` if accepting would.
  public func invitePreview(_ code: String) throws -> InvitePreview {
    try readers.read { database in
      let invite = try Self.usableInvite(code, at: clock.now, database)
      guard let room = try Rooms.find(invite.roomID, database), let creator = try Users.findPresent(invite.createdBy, database) else {
        throw ChatError.notFound
      }
      return InvitePreview(room: room, invitedBy: creator, expiresAt: invite.expiresAt)
    }
  }

  /// Joins a room by an invitation. For a member nothing changes and no use is counted.
  public func acceptInvite(_ code: String, by principal: Principal) throws -> RoomView {
    try commit(as: principal) { [self] transaction in
      let database = transaction.database
      let invite = try Self.usableInvite(code, at: transaction.now, database)
      if try Memberships.role(of: principal.user.rowID, in: invite.room, database) == nil {
        // For a banned user, a room that is not public does not exist.
        if invite.kind != .public, try Bans.exists(principal.user.rowID, in: invite.room, database) { throw ChatError.notFound }
        let cause = EventCause.user(principal.user.rowID)
        try transaction.checkEventBudget(cause)
        try addMember(principal.user, to: invite.room, invite.roomID, role: .member, reason: "invited", .joined, by: cause, transaction)
        try Invites.takeUse(of: invite.number, transaction)
      }
      return try Self.view(invite.roomID, for: principal, database)
    }
  }

  /// An invitation is valid only while its creator may invite.
  private static func usableInvite(_ code: String, at now: Timestamp, _ database: Database) throws -> Invite {
    guard let code = PublicID(code), let invite = try Invites.find(code, at: now, database),
      Permissions.allows(.invite, as: try Memberships.role(of: invite.creator, in: invite.room, database), in: invite.kind)
    else { throw ChatError.notFound }
    return invite
  }
}
