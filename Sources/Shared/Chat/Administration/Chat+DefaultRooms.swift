// The operator's work on rooms: default rooms, creation, ownership.
import Auth
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Default rooms at a time: bounds what a registration costs.
  public static let defaultRoomsMax = 10

  /// Adds a user created in this transaction to the default rooms.
  func joinDefaultRooms(_ user: User, _ transaction: Transaction) throws {
    for room in try Rooms.defaults(transaction.database) {
      try addMember(user, to: room.rowID, room.id, role: .member, reason: "default", .placed, by: .user(user.rowID), transaction)
    }
  }

  /// Makes a public room, given by name or id, a default room that every new user joins, or an ordinary one again. For the operator.
  public func setDefault(_ isDefault: Bool, room nameOrID: String, by operator: Operator) throws -> Room {
    try commit(as: `operator`) { transaction in
      let room = try Self.publicRoom(nameOrID, transaction.database)
      try Rooms.setDefault(isDefault, room.rowID, transaction)
      guard try Rooms.defaults(transaction.database).count <= Self.defaultRoomsMax else {
        throw ChatError(.conflict, "At most \(Self.defaultRoomsMax) rooms can be default rooms.")
      }
      try `operator`.record(.roomDefaultSet, room: room.id, detail: isDefault ? "on" : "off", transaction)
      return room
    }
  }

  /// Creates a public room without an owner. For the operator.
  public func createPublicRoom(name: String, by operator: Operator) throws -> PublicID {
    let name = try RoomName(name).text
    return try commit(as: `operator`) { transaction in
      guard try Rooms.publicRooms(named: name, transaction.database).isEmpty else {
        throw ChatError(.conflict, "There is a public room of this name.")
      }
      let id = PublicID(trusted: Random.id())
      _ = try Rooms.insert(id: id, kind: .public, name: name, topic: "", createdBy: nil, at: transaction.now, transaction)
      try `operator`.record(.roomMade, room: id, transaction)
      return id
    }
  }

  /// Makes a user an owner, and if necessary a member, of a group or public room: given by its id, or a public one by its name. For the
  /// operator.
  public func setOwner(_ username: String, room nameOrID: String, by operator: Operator) throws -> Room {
    let username = try Username(username)
    return try commit(as: `operator`) { [self] transaction in
      let database = transaction.database
      let room = try Self.room(.nameOrID(nameOrID), database)
      guard room.kind != .direct else {
        throw ChatError(.conflict, "This is a direct room: its two users are equals, and nobody owns it.")
      }
      guard let account = try Users.account(username, database) else { throw Self.unknownUser }
      guard account.suspendedAt == nil else { throw ChatError(.conflict, "This user is suspended, and could not act as owner.") }
      let user = account.user
      switch try Memberships.role(of: user.rowID, in: room.rowID, database) {
      case nil:
        try addMember(user, to: room.rowID, room.id, role: .owner, reason: "added", .placed, by: .server, transaction)
        try `operator`.record(.memberAdded, user: user.rowID, room: room.id, detail: "as owner", transaction)
      case .owner?: break
      case .member?, .moderator?:
        try Self.setRole(
          of: user, to: .owner, in: room.rowID, room.id, reason: "changed", by: .server, actor: `operator`.actor, transaction)
      }
      return room
    }
  }

  static func publicRoom(
    _ nameOrID: String, missing: String = "There is no public room of this name or id.", _ database: Database
  ) throws -> Room {
    let found = try Rooms.publicRooms(named: nameOrID, database)
    switch found.count {
    case 0: throw ChatError(.notFound, missing)
    case 1: return found[0]
    default:
      throw ChatError(.conflict, "Several rooms have this name; use one of these ids: \(found.map(\.id.text).joined(separator: ", "))")
    }
  }
}
