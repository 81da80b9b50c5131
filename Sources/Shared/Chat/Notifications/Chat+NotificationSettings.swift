// Notification settings of a room, and unread badges.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Changes a room's notification settings on all of the principal's devices. Returns `me` of the room as JSON.
  public func updateNotificationSettings(_ update: NotificationSettingsUpdate, in room: String, by principal: Principal) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw ChatError.notFound }
    return try commit(as: principal) { transaction in
      let (room, state) = try Self.state(session: principal.session, in: room, transaction.database)
      var me = state.membership
      if let level = update.level { me.notify = level }
      switch update.mute {
      case .never: me.mutedUntil = nil
      case .until(let time): me.mutedUntil = time
      case nil: break
      }
      if me != state.membership {
        try Memberships.setNotify(room, state.user.rowID, level: me.notify, mutedUntil: me.mutedUntil, transaction)
        try Self.publishOwnMembership(of: state.user.rowID, in: room, reason: "notify", transaction)
      }
      return JSONWriter.membership(me)
    }
  }

  /// The rooms with unread messages, for the client's badge.
  public func badges(of principal: Principal) throws -> [Badge] {
    try readers.read { try Badges.badges(of: principal.user.rowID, at: clock.now, $0) }
  }
}
