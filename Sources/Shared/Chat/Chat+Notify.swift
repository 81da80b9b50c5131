// How loud a room is to one of its members, and what her bell shows.
package import Domain
package import Store
import Wire

/// What a client asks for; what is nil stays as it is.
package struct NotifyWish: Sendable {
  package enum Mute: Sendable {
    /// Not at all, from now on.
    case never
    case until(Timestamp)
  }

  let level: NotifyLevel?
  let mute: Mute?

  package init(level: String?, mute: Mute?) throws(Refusal) {
    guard level != nil || mute != nil else { throw .invalid("level", "missing", "At least one of level and muted_until.") }
    if let level {
      guard let known = NotifyLevel(word: level) else { throw .invalid("level", "value", "One of all, mentions and none.") }
      self.level = known
    } else {
      self.level = nil
    }
    self.mute = mute
  }
}

extension Chat {
  /// Sets how loud a room is to the actor, on all of her devices. Answers `me` of the room, as JSON.
  package func setNotify(_ wish: NotifyWish, in room: String, by actor: Actor) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw Refusal.notFound }
    return try commit { transaction in
      let (room, standing) = try Self.standing(session: actor.session, in: room, transaction.database)
      var me = standing.me
      if let level = wish.level { me.notify = level }
      switch wish.mute {
      case .never: me.mutedUntil = nil
      case .until(let time): me.mutedUntil = time
      case nil: break
      }
      if me != standing.me {
        try Memberships.setNotify(room, standing.user.number, level: me.notify, mutedUntil: me.mutedUntil, transaction)
        try Self.tellOwnMembership(of: standing.user.number, in: room, reason: "notify", transaction)
      }
      return JSONWriter.membership(me, lastSeq: standing.lastSeq)
    }
  }

  /// What the bell of a page shows.
  package func badges(of actor: Actor) throws -> [Badges.Badge] {
    try readers.read { try Badges.badges(of: actor.user.number, at: .now, $0) }
  }
}
