// Which rooms, users and blocks one loop has, and which connections receive which room.
import Domain

final class Hub {
  private(set) var rooms: [RoomRowID: RoomSubscribers] = [:]
  private(set) var users: [UserRowID: ConnectedUser] = [:]
  /// Of users with a live connection on this loop: who has blocked them or is blocked by them. Only of those with blocks, so that a
  /// connection without any pays nothing.
  private var blocks: [UserRowID: Set<UserRowID>] = [:]
  /// The same, by the other user.
  private var usersApart: [UserRowID: Set<UserRowID>] = [:]

  subscript(_ rowID: RoomRowID) -> RoomSubscribers? { rooms[rowID] }
  subscript(_ rowID: UserRowID) -> ConnectedUser? { users[rowID] }

  // MARK: Users

  /// A connection has been authenticated.
  func add(_ connection: Connection, of user: User) {
    let connected = users[user.rowID] ?? ConnectedUser(user)
    users[user.rowID] = connected
    connected.connections.append(connection)
    connection.user = connected
  }

  /// A connection closes; a user without connections is forgotten.
  func remove(_ connection: Connection) {
    guard let user = connection.user else { return }
    user.connections.removeAll { $0 === connection }
    if user.connections.isEmpty { users[user.rowID] = nil }
  }

  // MARK: Rooms

  /// One more user on this loop is a member of the room.
  func addUser(to rowID: RoomRowID, _ id: PublicID) -> RoomSubscribers {
    let room = rooms[rowID] ?? RoomSubscribers(rowID, id)
    rooms[rowID] = room
    room.userCount += 1
    return room
  }

  /// One of them is a member no longer; with the last one the room is removed.
  func removeUser(from room: RoomSubscribers) {
    room.userCount -= 1
    if room.userCount == 0 { rooms[room.rowID] = nil }
  }

  // MARK: Subscriptions

  /// A connection is live: it receives these rooms, in which its user is at this position of the journal. `blockedEitherWay`: the user's
  /// blocks at the same position.
  func subscribe(_ connection: Connection, to rooms: [RoomRowID: PublicID], blockedEitherWay: Set<UserRowID> = []) {
    guard let user = connection.user else { return }
    user.liveConnectionCount += 1
    if user.liveConnectionCount == 1 {
      user.rooms = SmallVector(rooms.map { addUser(to: $0.key, $0.value) })
      updateBlocks(of: user.rowID, to: blockedEitherWay)
    }
    for room in user.rooms where connection.accepts(room.rowID) { room.subscribe(connection) }
  }

  /// A connection that was live receives nothing any more.
  func unsubscribeAll(_ connection: Connection) {
    guard let user = connection.user else { return }
    for room in user.rooms { room.unsubscribe(connection) }
    user.liveConnectionCount -= 1
    guard user.liveConnectionCount == 0 else { return }
    for room in user.rooms { removeUser(from: room) }
    user.rooms = SmallVector()
    updateBlocks(of: user.rowID, to: [])
  }

  /// The memberships of a user have changed.
  func updateRooms(of user: ConnectedUser, to rooms: [RoomRowID: PublicID]) {
    guard user.liveConnectionCount > 0 else { return }
    let connections = user.connections.filter(\.isLive)
    for room in user.rooms where rooms[room.rowID] == nil {
      for connection in connections { room.unsubscribe(connection) }
      removeUser(from: room)
    }
    user.rooms.removeAll { rooms[$0.rowID] == nil }
    let known = Set(user.rooms.map(\.rowID))
    for (rowID, id) in rooms where !known.contains(rowID) {
      let room = addUser(to: rowID, id)
      user.rooms.append(room)
      for connection in connections where connection.accepts(rowID) { room.subscribe(connection) }
    }
  }

  // MARK: Blocks

  /// Who has blocked a user with a live connection, or is blocked by them.
  func blockedEitherWay(of user: UserRowID) -> Set<UserRowID> { blocks[user] ?? [] }

  /// The users with a live connection between whom and this user, connected or not, a block stands.
  func usersApart(from user: UserRowID) -> Set<UserRowID> { usersApart.isEmpty ? [] : usersApart[user] ?? [] }

  /// The blocks of a user with live connections have changed, or the last of these closes.
  func updateBlocks(of user: UserRowID, to blockedEitherWay: Set<UserRowID>) {
    let before = blocks[user] ?? []
    guard before != blockedEitherWay else { return }
    blocks[user] = blockedEitherWay.isEmpty ? nil : blockedEitherWay
    for other in before.subtracting(blockedEitherWay) {
      usersApart[other]?.remove(user)
      if usersApart[other]?.isEmpty == true { usersApart[other] = nil }
    }
    for other in blockedEitherWay.subtracting(before) { usersApart[other, default: []].insert(user) }
  }

  /// A room is deleted: its members stay in their other rooms.
  func removeRoom(_ rowID: RoomRowID) {
    guard rooms[rowID] != nil else { return }
    for user in users.values where user.rooms.contains(where: { $0.rowID == rowID }) {
      var rooms = user.roomIDs
      rooms[rowID] = nil
      updateRooms(of: user, to: rooms)
    }
  }
}
