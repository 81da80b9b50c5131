// Adding people to rooms: the only way into a room, its bounds, and who is invited instead.
import Configuration
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Adds a member and appends `member.joined`; for a member nothing changes. The only way into a room, so bans and bounds are checked
  /// here. `readSeq`: the messages after it, which are already there, count as unread. Where nobody who can act owns the room, the user does.
  func addMember(
    _ user: User, to room: RoomRowID, _ id: PublicID, role: Role, reason: String, _ entry: MemberEntry, by cause: EventCause,
    readSeq: Int64? = nil, _ transaction: Transaction
  ) throws {
    if try Bans.exists(user.rowID, in: room, transaction.database) { throw Self.banned }
    let isNew = try Memberships.insert(
      room, user.rowID, role: role, isAdded: entry == .added, readSeq: readSeq, at: transaction.now, transaction)
    guard isNew else { return }
    try checkBounds(of: user, in: room, entry, transaction.database)
    try Invitations.remove(user.rowID, in: room, transaction)
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberJoined, by: cause, room: room, user: user.rowID, data: data, at: transaction.now, transaction)
    try Self.appointMissingOwner(in: room, id, by: cause, transaction)
  }

  static let banned = ChatError(.forbidden, "This user is banned from the room.")

  /// Throws if the membership that was just stored is one too many: the transaction then undoes it.
  private func checkBounds(of user: User, in room: RoomRowID, _ entry: MemberEntry, _ database: Database) throws {
    guard entry != .placed else { return }
    let (limits, counts) = (settings.roomLimits, try Memberships.counts(of: user.rowID, database))
    if let most = limits.perUser, counts.rooms > most {
      let who = entry == .joined ? "You are" : "@\(user.username) is"
      throw ChatError(.conflict, "\(who) in \(most) rooms, the most a user may be in (rooms_per_user).")
    }
    if entry == .added, let most = limits.unopenedPerUser, counts.unopened > most {
      throw ChatError(
        .conflict,
        "@\(user.username) has been added to \(most) rooms without opening them, the most there may be (unopened_rooms_per_user).")
    }
    if let most = limits.membersPerRoom, try Rooms.memberCount(of: room, database) > most {
      throw ChatError(.conflict, "The room has \(most) members, the most a room may have (members_per_room).")
    }
  }

  /// Counts one more room that `user` creates. Throws if they own too many rooms or have created too many lately.
  func enforceRoomCreation(_ kind: RoomKind, by user: UserRowID, _ transaction: Transaction) throws {
    let limits = settings.roomLimits
    if kind != .direct, let most = limits.ownedPerUser, try Memberships.counts(of: user, transaction.database).owned >= most {
      throw ChatError(.conflict, "You own \(most) rooms, the most a user may own (owned_rooms_per_user).")
    }
    try enforceRateLimit(.roomCreation, of: user, transaction)
  }

  /// Divides people whom `adder` wants in a room: those who are added at once, and those who are invited because they let themselves be
  /// added only by people who share a room with them. Counts the ones who share no room with the adder, if `isCounted`;
  /// throws if they are too many.
  func admit(
    _ people: [User], addedBy adder: UserRowID, isCounted: Bool = true, _ transaction: Transaction
  ) throws -> (added: [User], invited: [User]) {
    let limit = isCounted ? settings.roomLimits.adding : nil
    var (added, invited, strangers) = ([User](), [User](), 0)
    for user in people {
      let isStranger = try !Memberships.share(adder, user.rowID, transaction.database)
      if isStranger { strangers += 1 }
      // Too many in any case: the rest need not be looked up.
      if let limit, strangers > limit.count { break }
      if try isStranger && Preferences.addedBy(user.rowID, transaction.database) == .contacts {
        invited.append(user)
      } else {
        added.append(user)
      }
    }
    if isCounted, strangers > 0 { try enforceRateLimit(.adding, count: strangers, of: adder, transaction) }
    return (added, invited)
  }
}
