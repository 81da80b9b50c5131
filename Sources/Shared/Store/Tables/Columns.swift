// The columns of records that several statements read: for each record one list and one reader, in the same order.
import Domain
import SQL

/// Lists for SELECT. The names of the tables are those of the statements: `u` users, `r` rooms, `m` memberships, `s` sessions, `d` drafts;
/// `creator` is the user who created the room.
enum ColumnList {
  static let user = "u.id, u.public_id, u.username, u.display_name, u.status_text, u.avatar, u.created_at"
  static let room =
    "r.id, r.public_id, r.kind, r.name, r.topic, creator.public_id, r.created_at, r.member_count, r.first_seq, r.last_seq,"
    + " r.retention"
  static let membership =
    "m.role, m.delivered_seq, m.preview_seq, m.read_seq, \(DeletedMessages.unread), m.mentions, m.notify, m.muted_until, m.marked_unread_seq"
  static let draft = "d.content, d.reply_to, d.updated_at"
  static let roomEnd = "r.id, r.last_seq, r.last_position, r.tail_count, r.tail_position"
  /// Whether the user has shown that the account's e-mail address is theirs.
  static let isVerified = "u.email_verified_at IS NOT NULL"
  static let authenticatedSession = "s.id, s.public_id, \(user), u.suspended_at, \(isVerified)"
}

extension Row.Columns {
  mutating func publicID() -> PublicID { PublicID(trusted: text()) }
  mutating func optionalPublicID() -> PublicID? { optionalText().map { PublicID(trusted: $0) } }
  mutating func time() -> Timestamp { Timestamp(milliseconds: integer()) }
  mutating func optionalTime() -> Timestamp? { optionalInteger().map { Timestamp(milliseconds: $0) } }
  mutating func userRowID() -> UserRowID { UserRowID(integer()) }
  mutating func roomRowID() -> RoomRowID { RoomRowID(integer()) }
  mutating func roomKind() -> RoomKind { RoomKind(rawValue: integer()) ?? .group }
  mutating func role() -> Role { Role(rawValue: integer()) ?? .member }
  mutating func optionalRole() -> Role? { optionalInteger().flatMap(Role.init(rawValue:)) }

  mutating func user() -> User {
    User(
      rowID: userRowID(), id: publicID(), username: text(), displayName: text(), statusText: text(), avatar: optionalPublicID(),
      createdAt: time())
  }

  /// Nil if an outer join found no user.
  mutating func optionalUser() -> User? {
    if isNextNull {
      skip(7)
      return nil
    }
    return user()
  }

  mutating func room() -> Room {
    Room(
      rowID: roomRowID(), id: publicID(), kind: roomKind(), name: optionalText(), topic: text(), createdBy: optionalPublicID(),
      createdAt: time(), memberCount: integer(), firstSeq: integer(), lastSeq: integer(),
      retention: optionalInteger().map(Retention.init(seconds:)))
  }

  mutating func roomEnd() -> RoomEnd {
    RoomEnd(room: roomRowID(), lastSeq: integer(), lastPosition: integer(), tailCount: integer(), tailPosition: integer())
  }

  mutating func membership() -> Membership {
    Membership(
      role: role(), markers: ReadMarkers(deliveredSeq: integer(), previewSeq: integer(), readSeq: integer()), unread: integer(),
      mentions: integer(),
      notify: NotifyLevel(rawValue: integer()) ?? .all, mutedUntil: optionalTime(), markedUnreadSeq: optionalInteger())
  }

  mutating func draft() -> Draft { Draft(content: text(), replyTo: optionalInteger(), updatedAt: time()) }

  /// Nil if an outer join found no draft.
  mutating func optionalDraft() -> Draft? {
    if isNextNull {
      skip(3)
      return nil
    }
    return draft()
  }

  /// Nil if an outer join found no membership.
  mutating func optionalMembership() -> Membership? {
    if isNextNull {
      skip(9)
      return nil
    }
    return membership()
  }

  mutating func authenticatedSession() -> AuthenticatedSession {
    AuthenticatedSession(
      session: SessionRowID(integer()), sessionID: publicID(), user: user(), isSuspended: optionalInteger() != nil,
      isVerified: bool())
  }
}
