// The operator's work on rooms of every kind: seeing, renaming and deleting them.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// All rooms, oldest first; `cursor` is the row id of the last room of the previous page.
  public func administeredRooms(after cursor: Int64, limit: Int, for operator: Operator) throws -> [AdministeredRoom] {
    try read(as: `operator`) { try Rooms.administered(after: cursor, limit: limit, $0) }
  }

  public func administeredRoom(_ reference: RoomReference, for operator: Operator) throws -> AdministeredRoom {
    try read(as: `operator`) { try Self.administeredRoom(reference, $0) }
  }

  private static func administeredRoom(_ reference: RoomReference, _ database: Database) throws -> AdministeredRoom {
    let room = try room(reference, database)
    guard let found = try Rooms.administered(after: room.rowID.value - 1, limit: 1, database).first else { throw ChatError.notFound }
    return found
  }

  /// The members of a room, oldest account first; `cursor` is the row id of the last user of the previous page.
  public func members(of reference: RoomReference, after cursor: Int64, limit: Int, for operator: Operator) throws -> [Member] {
    try read(as: `operator`) { database in
      try Memberships.members(of: try Self.room(reference, database).rowID, for: nil, after: cursor, limit: limit, database)
    }
  }

  /// Changes the name, the topic or both of a group or public room, and appends `room.updated`.
  public func updateRoom(_ reference: RoomReference, name: String?, topic: String?, by operator: Operator) throws -> AdministeredRoom {
    let newName = try name.map { try RoomName($0).text }
    let newTopic = try topic.map { try RoomTopic($0).text }
    return try commit(as: `operator`) { transaction in
      let before = try Self.room(reference, transaction.database)
      guard before.kind != .direct else { throw ChatError(.conflict, "This is a direct room, which has no name.") }
      try Rooms.update(before.rowID, name: newName, topic: newTopic, transaction)
      let after = try Self.administeredRoom(.id(before.id.text), transaction.database)
      try Journal.append(
        .roomUpdated, by: `operator`.cause, room: before.rowID, data: JSONWriter.roomEvent(after.room), at: transaction.now, transaction)
      try `operator`.record(.roomRenamed, room: before.id, detail: "\(before.name ?? "") -> \(after.room.name ?? "")", transaction)
      return after
    }
  }

  /// Sets how long messages of a room are kept, with their files; nil: as the settings say. Appends `room.updated`. What is too old already
  /// goes within the hour.
  public func setRetention(_ retention: Retention?, of reference: RoomReference, by operator: Operator) throws -> Room {
    if case .seconds(let seconds)? = retention, !(1...Retention.secondsMax).contains(seconds) {
      throw ChatError.invalid("retention_seconds", "range", "From 1 second to 3650 days.")
    }
    return try commit(as: `operator`) { transaction in
      let before = try Self.room(reference, transaction.database)
      guard before.retention != retention else { return before }
      try Rooms.setRetention(retention, of: before.rowID, transaction)
      let after = try Self.administeredRoom(.id(before.id.text), transaction.database).room
      try Journal.append(
        .roomUpdated, by: `operator`.cause, room: before.rowID, data: JSONWriter.roomEvent(after), at: transaction.now, transaction)
      try `operator`.record(.roomRetentionSet, room: before.id, detail: "\(retention?.seconds.description ?? "default")", transaction)
      return after
    }
  }

  /// Deletes a room of any kind; its members receive `room.deleted`. Returns what it was.
  public func deleteRoom(_ reference: RoomReference, by operator: Operator) throws -> Room {
    try commit(as: `operator`) { transaction in
      let room = try Self.room(reference, transaction.database)
      try Self.end(room.id, by: `operator`.cause, transaction)
      try `operator`.record(.roomDeleted, room: room.id, detail: room.name ?? "", transaction)
      return room
    }
  }
}
