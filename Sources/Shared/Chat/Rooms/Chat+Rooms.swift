// Making, finding and changing rooms.
import Auth
package import Domain
import SQL
import Store
import TextSearch
import Wire

/// What a client asks for when it makes a room; nothing is checked yet.
package struct NewRoom: Sendable {
  package let kind: String
  package let name: String?
  package let topic: String?
  package let members: [String]

  package init(kind: String, name: String?, topic: String?, members: [String]) {
    self.kind = kind
    self.name = name
    self.topic = topic
    self.members = members
  }
}

extension Chat {
  /// People who can be taken into a room while it is made.
  package static let firstMembersMax = 100

  /// Makes a room, or finds the direct room of a pair. Answers the room and whether it is new.
  package func makeRoom(_ new: NewRoom, by principal: Principal, idempotencyKey: String?) throws -> (view: RoomView, isNew: Bool) {
    guard let kind = RoomKind(word: new.kind) else { throw ChatError.invalid("kind", "value", "One of direct, group and public.") }
    guard new.members.count <= Self.firstMembersMax else {
      throw ChatError.invalid("members", "length", "At most \(Self.firstMembersMax) members at first.")
    }
    let topic = try new.topic.map { try RoomTopic($0).text } ?? ""
    if kind == .direct {
      guard new.members.count == 1, let other = new.members.first else {
        throw ChatError.invalid("members", "length", "A direct room is with one other person.")
      }
      return try openDirectRoom(with: other, topic: topic, by: principal)
    }
    guard let name = new.name else { throw ChatError.invalid("name", "missing", "This room needs a name.") }
    let checkedName = try RoomName(name).text
    let key = try idempotencyKey.map { try ClientID($0, field: "Idempotency-Key") }
    let fingerprint = Digest.sha256Prefix64(Array(([new.kind, checkedName, topic] + new.members).joined(separator: "\n").utf8))

    return try commit { transaction in
      if let key, let earlier = try IdempotencyKeys.find(key, of: principal.user.rowID, transaction.database) {
        guard earlier.fingerprint == fingerprint else { throw ChatError(.clientIDReused, "This key was used for another request.") }
        return (try Self.view(PublicID(trusted: earlier.result), for: principal, transaction.database), false)
      }
      let members = try Self.people(new.members, transaction.database).filter { $0.rowID != principal.user.rowID }
      for member in members { try Self.checkNoBlock(between: principal.user.rowID, member.rowID, transaction.database) }
      let id = PublicID(trusted: Random.id())
      let room = try Rooms.insert(
        id: id, kind: kind, name: checkedName, topic: topic, createdBy: principal.user.rowID, at: .now, transaction)
      try Self.admit(principal.user, to: room, id, role: .owner, reason: "created", transaction)
      for member in members { try Self.admit(member, to: room, id, role: .member, reason: "added", transaction) }
      if let key {
        try IdempotencyKeys.insert(key, of: principal.user.rowID, fingerprint: fingerprint, result: id.text, at: .now, transaction)
      }
      let view = try Self.view(id, for: principal, transaction.database)
      try Journal.append(.roomCreated, room: room, data: JSONWriter.roomEvent(view.room), at: .now, transaction)
      return (view, true)
    }
  }

  private func openDirectRoom(with other: String, topic: String, by principal: Principal) throws -> (view: RoomView, isNew: Bool) {
    try commit { transaction in
      guard let other = try Self.people([other], transaction.database).first else { throw Self.unknownMember }
      guard other.rowID != principal.user.rowID else { throw ChatError.invalid("members", "value", "A direct room is with somebody else.") }
      try Self.checkNoBlock(between: principal.user.rowID, other.rowID, transaction.database)
      let (low, high) =
        other.rowID.value < principal.user.rowID.value ? (other.rowID, principal.user.rowID) : (principal.user.rowID, other.rowID)
      if let room = try Rooms.findDirect(low: low, high: high, transaction.database) {
        let id = try Rooms.publicID(of: room, transaction.database)
        // Whoever left comes back when either of the two opens the room again.
        for user in [principal.user, other] { try Self.admit(user, to: room, id, role: .member, reason: "opened", transaction) }
        return (try Self.view(id, for: principal, transaction.database), false)
      }
      let id = PublicID(trusted: Random.id())
      let room = try Rooms.insert(
        id: id, kind: .direct, name: nil, topic: topic, createdBy: principal.user.rowID, direct: (low, high), at: .now, transaction)
      for user in [principal.user, other] { try Self.admit(user, to: room, id, role: .member, reason: "created", transaction) }
      let view = try Self.view(id, for: principal, transaction.database)
      try Journal.append(.roomCreated, room: room, data: JSONWriter.roomEvent(view.room), at: .now, transaction)
      return (view, true)
    }
  }

  /// Makes someone a member and tells the room; does nothing for who is one. The one way in, and so the place where a ban holds.
  static func admit(
    _ user: User, to room: RoomRowID, _ id: PublicID, role: Role, reason: String, _ transaction: Transaction
  ) throws {
    if try Bans.exists(user.rowID, in: room, transaction.database) {
      throw ChatError(.forbidden, "Whoever is banned from this room does not come in.")
    }
    guard try Memberships.insert(room, user.rowID, role: role, at: .now, transaction) else { return }
    let data = JSONWriter.memberEvent(room: id, user: user, role: role, reason: reason)
    try Journal.append(.memberJoined, room: room, user: user.rowID, data: data, at: .now, transaction)
  }

  private static let unknownMember = ChatError.invalid("members", "unknown", "There is no such user.")

  private static func people(_ ids: [String], _ database: Database) throws -> [User] {
    try ids.map { id in
      guard let id = PublicID(id), let user = try Users.findPresent(id, database) else { throw unknownMember }
      return user
    }
  }

  /// The rooms that the principal is in, latest activity first.
  package func rooms(of principal: Principal, after cursor: RoomActivityCursor?, limit: Int) throws -> [RoomView] {
    try readers.read { try Rooms.list(of: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Public rooms, most members first.
  package func publicRooms(for principal: Principal, after cursor: RoomDirectoryCursor?, limit: Int) throws -> [RoomView] {
    try readers.read { try Rooms.directory(for: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Public rooms by words of name and topic, the best first; typing errors are forgiven. Throws if `text` is too long.
  package func publicRooms(
    searchedBy text: String, for principal: Principal, after cursor: RoomHitCursor?, limit: Int
  ) throws -> [RoomHit] {
    let query = try SearchQuery(checking: text)
    return try readers.read { database in
      try database.snapshot { try Rooms.search(query, for: principal.user.rowID, after: cursor, limit: limit, database) }
    }
  }

  /// A room that the principal may see: one of hers, or a public one.
  package func room(_ id: String, for principal: Principal) throws -> RoomView {
    try readers.read { database in
      guard let id = PublicID(id) else { throw ChatError.notFound }
      return try Self.view(id, for: principal, database)
    }
  }

  static func view(_ id: PublicID, for principal: Principal, _ database: Database) throws -> RoomView {
    guard let view = try Rooms.view(id, for: principal.user.rowID, database) else { throw ChatError.notFound }
    try Permissions.check(.see, as: view.membership?.role, in: view.room.kind)
    return view
  }

  /// Renames or re-topics a room.
  package func updateRoom(_ id: String, name: String?, topic: String?, by principal: Principal) throws -> RoomView {
    let newName = try name.map { try RoomName($0).text }
    let newTopic = try topic.map { try RoomTopic($0).text }
    return try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .editRoom, transaction.database)
      try Rooms.update(access.room, name: newName, topic: newTopic, transaction)
      let view = try Self.view(PublicID(trusted: id), for: principal, transaction.database)
      try Journal.append(
        .roomUpdated, room: access.room, data: JSONWriter.roomEvent(view.room), at: .now, transaction)
      return view
    }
  }

  /// What the principal is to a room in which she may do this. Throws what the table of permissions says, or `not_found`.
  static func access(of principal: Principal, to id: String, for action: RoomAction, _ database: Database) throws -> RoomAccess {
    guard let id = PublicID(id), let access = try Memberships.access(of: principal.user.rowID, to: id, database) else {
      throw ChatError.notFound
    }
    try Permissions.check(action, as: access.role, in: access.kind)
    return access
  }
}
