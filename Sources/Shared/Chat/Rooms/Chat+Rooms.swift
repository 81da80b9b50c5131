// Creating, listing, searching and editing rooms.
import Auth
public import Domain
import SQL
import Store
import TextSearch
public import Wire

/// The outcome of creating a room.
public struct CreatedRoom: Sendable {
  public let view: RoomView
  /// False for a direct room that was there, and for a repeated request.
  public let isNew: Bool
  /// Those who were invited, not added.
  public let invited: [PublicID]

  init(_ view: RoomView, isNew: Bool, invited: [PublicID] = []) {
    self.view = view
    self.isNew = isNew
    self.invited = invited
  }
}

extension Chat {
  /// Members besides the owner that a new room can have.
  public static let initialMembersMax = 100

  /// Creates a room, or finds the direct room of two users. Those of `new.members` who may not be added are invited.
  public func createRoom(_ new: NewRoom, by principal: Principal, idempotencyKey: String?) throws -> CreatedRoom {
    guard let kind = RoomKind(word: new.kind) else { throw ChatError.invalid("kind", "value", "One of direct, group and public.") }
    guard new.members.count <= Self.initialMembersMax else {
      throw ChatError.invalid("members", "length", "At most \(Self.initialMembersMax) members at first.")
    }
    let topic = try new.topic.map { try RoomTopic($0).text } ?? ""
    if kind == .direct {
      guard new.members.count == 1, let other = new.members.first else {
        throw ChatError.invalid("members", "length", "A direct room is with one other user.")
      }
      return try openDirectRoom(with: other, topic: topic, by: principal)
    }
    guard let name = new.name else { throw ChatError.invalid("name", "missing", "This room needs a name.") }
    let checkedName = try RoomName(name).text
    let key = try idempotencyKey.map { try ClientID($0, field: "Idempotency-Key") }
    let fingerprint = Digest.sha256Prefix64(Array(([new.kind, checkedName, topic] + new.members).joined(separator: "\n").utf8))

    return try commit(as: principal) { [self] transaction in
      if let key, let earlier = try IdempotencyKeys.find(key, of: principal.user.rowID, transaction.database) {
        guard earlier.fingerprint == fingerprint else { throw ChatError(.clientIDReused, "This key was used for another request.") }
        return CreatedRoom(try Self.view(PublicID(trusted: earlier.result), for: principal, transaction.database), isNew: false)
      }
      let members = try Self.users(new.members, transaction.database).filter { $0.rowID != principal.user.rowID }
      for member in members { try Self.checkNoBlock(between: principal.user.rowID, member.rowID, transaction.database) }
      let creator = EventCause.user(principal.user.rowID)
      try transaction.checkEventBudget(creator)
      try enforceRoomCreation(kind, by: principal.user.rowID, transaction)
      let (added, invited) = try admit(members, addedBy: principal.user.rowID, transaction)
      let id = PublicID(trusted: Random.id())
      let room = try Rooms.insert(
        id: id, kind: kind, name: checkedName, topic: topic, createdBy: principal.user.rowID, at: transaction.now, transaction)
      try addMember(principal.user, to: room, id, role: .owner, reason: "created", .joined, by: creator, transaction)
      for member in added { try addMember(member, to: room, id, role: .member, reason: "added", .added, by: creator, transaction) }
      if let key {
        try IdempotencyKeys.insert(
          key, of: principal.user.rowID, fingerprint: fingerprint, result: id.text, at: transaction.now, transaction)
      }
      let view = try Self.view(id, for: principal, transaction.database)
      try Journal.append(.roomCreated, by: creator, room: room, data: JSONWriter.roomEvent(view.room), at: transaction.now, transaction)
      for member in invited { try inviteMember(member, to: id, role: .member, by: principal.user, transaction) }
      return CreatedRoom(view, isNew: true, invited: invited.map(\.id))
    }
  }

  static let unknownMember = ChatError.invalid("members", "unknown", "There is no such user.")

  /// The users of a request's `members`, each once, in its order. An id comes first: nobody can take the place of a user by calling
  /// themselves like the user's id. Else it is a username, with or without an `@`.
  static func users(_ members: [String], _ database: Database) throws -> [User] {
    var seen: Set<UserRowID> = []
    return try members.compactMap { member in
      guard let user = try user(named: member, database) else { throw unknownMember }
      return seen.insert(user.rowID).inserted ? user : nil
    }
  }

  private static func user(named idOrName: String, _ database: Database) throws -> User? {
    if let id = PublicID(idOrName), let user = try Users.findPresent(id, database) { return user }
    guard let username = try? Username(idOrName.hasPrefix("@") ? String(idOrName.dropFirst()) : idOrName) else { return nil }
    return try Users.find(username: username, database)
  }

  /// The principal's rooms, latest activity first.
  public func rooms(of principal: Principal, after cursor: RoomActivityCursor?, limit: Int) throws -> [RoomView] {
    try readers.read { try Rooms.list(of: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Public rooms, most members first.
  public func publicRooms(for principal: Principal, after cursor: RoomDirectoryCursor?, limit: Int) throws -> [RoomView] {
    try readers.read { try Rooms.directory(for: principal.user.rowID, after: cursor, limit: limit, $0) }
  }

  /// Public rooms by words of name and topic, best match first; tolerates typing errors. Throws if `text` is too long.
  public func publicRooms(
    searchedBy text: String, for principal: Principal, after cursor: RoomHitCursor?, limit: Int
  ) throws -> [RoomHit] {
    let query = try SearchQuery(checking: text)
    return try readers.read { database in
      try database.snapshot { try Rooms.search(query, for: principal.user.rowID, after: cursor, limit: limit, database) }
    }
  }

  /// A room that the principal may see: one of theirs, or a public one.
  public func room(_ id: String, for principal: Principal) throws -> RoomView {
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

  /// Changes a room's name or topic.
  public func updateRoom(_ id: String, name: String?, topic: String?, by principal: Principal) throws -> RoomView {
    let newName = try name.map { try RoomName($0).text }
    let newTopic = try topic.map { try RoomTopic($0).text }
    return try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: id, for: .editRoom, transaction.database)
      let editor = EventCause.user(principal.user.rowID)
      try transaction.checkEventBudget(editor)
      try Rooms.update(access.room, name: newName, topic: newTopic, transaction)
      let view = try Self.view(PublicID(trusted: id), for: principal, transaction.database)
      try Journal.append(
        .roomUpdated, by: editor, room: access.room, data: JSONWriter.roomEvent(view.room), at: transaction.now, transaction)
      return view
    }
  }

  /// The principal's access to a room. Throws `not_found`, or what the permission table says of the action.
  static func access(of principal: Principal, to id: String, for action: RoomAction, _ database: Database) throws -> RoomAccess {
    guard let id = PublicID(id), let access = try Memberships.access(of: principal.user.rowID, to: id, database) else {
      throw ChatError.notFound
    }
    try Permissions.check(action, as: access.role, in: access.kind)
    return access
  }
}
