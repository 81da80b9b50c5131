// Changes to display name and status.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Changes of one profile per window: each appends an event in every room of the user.
  public static let profileChangesMax: Int64 = 10
  public static let profileWindowSeconds: Int64 = 600

  /// Changes the principal's display name, status or both, and appends `user.updated` in each of their rooms. Earlier messages keep the
  /// display name they were posted under.
  public func updateProfile(displayName: String?, statusText: String?, by principal: Principal) throws -> User {
    let name = try displayName.map { try DisplayName($0).text }
    let status = try statusText.map { try StatusText($0).text }
    return try commit(as: principal) { [self] transaction in
      guard let before = try Users.findPresent(principal.user.id, transaction.database) else { throw Self.unauthenticated }
      let user = User(
        rowID: before.rowID, id: before.id, username: before.username, displayName: name ?? before.displayName,
        statusText: status ?? before.statusText, avatar: before.avatar, createdAt: before.createdAt)
      guard user != before else { return before }
      let cause = EventCause.user(user.rowID)
      try admitProfileChange(of: user, by: cause, transaction)
      try Users.setProfile(of: user, transaction)
      try Self.announce(user, by: cause, transaction)
      return user
    }
  }

  /// Counts a change of a profile; throws `rate_limited`.
  func admitProfileChange(of user: User, by cause: EventCause, _ transaction: Transaction) throws {
    try transaction.checkEventBudget(cause)
    if let milliseconds = try profileDelay(of: user, transaction) {
      throw ChatError(
        .rateLimited, "At most \(Self.profileChangesMax) changes in \(Self.profileWindowSeconds / 60) minutes.",
        retryAfterMilliseconds: milliseconds,
        limit: ExceededLimit(
          .profile, count: Int(Self.profileChangesMax), windowMilliseconds: Self.profileWindowSeconds * 1000))
    }
  }

  /// Counts one more change of a profile. In how many milliseconds it may be tried again; nil if it was admitted.
  func profileDelay(of user: User, _ transaction: Transaction) throws -> Int64? {
    try ProfileChanges.admit(
      user.rowID, countMax: Self.profileChangesMax, windowMilliseconds: Self.profileWindowSeconds * 1000, boot: boot,
      nowMilliseconds: clock.bootMilliseconds, transaction)
  }

  /// Appends `user.updated` in each of a user's rooms, or, without any, for the user's own devices.
  static func announce(_ user: User, by cause: EventCause, _ transaction: Transaction) throws {
    let rooms = try Memberships.rooms(of: user.rowID, transaction.database)
    if rooms.isEmpty { return try announceAccount(of: user, transaction) }
    var writer = JSONWriter()
    writer.user(user)
    for room in rooms {
      try Journal.append(
        .userUpdated, by: cause, room: room.rowID, user: user.rowID, data: writer.bytes, at: transaction.now, transaction)
    }
  }

  /// Tells a user's own devices what their account is now, with what nobody else sees of it. Call after each change of that.
  static func announceAccount(of user: User, _ transaction: Transaction) throws {
    let database = transaction.database
    guard let user = try Users.findPresent(user.id, database), let own = try Users.ownAccount(of: user.rowID, database) else { return }
    var writer = JSONWriter()
    writer.ownUser(user, own)
    try Journal.appendCompacted(.ownAccount, room: nil, user: user.rowID, data: writer.bytes, at: transaction.now, transaction)
  }
}
