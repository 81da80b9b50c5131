// The owners of rooms: every group and public room has one who can act, as long as it has a member who can.
import Domain
import SQL
import Store

extension Chat {
  /// Rooms that get an owner in one transaction.
  private static let appointedMax = 100

  /// Appoints an owner if a room lacks one: the last one who could act left, was suspended or deleted the account. A suspended owner keeps
  /// the role: when the suspension ends, there are two.
  static func appointMissingOwner(in room: RoomRowID, _ id: PublicID, by cause: EventCause, _ transaction: Transaction) throws {
    if try Memberships.lacksOwner(room, transaction.database) { try appointNextOwner(in: room, id, by: cause, transaction) }
  }

  /// Makes the longest-standing moderator, else member, an owner. Those who are suspended are passed over; if nobody else is left, the next
  /// one who joins or whose suspension ends becomes the owner.
  static func appointNextOwner(in room: RoomRowID, _ id: PublicID, by cause: EventCause, _ transaction: Transaction) throws {
    guard let successor = try Memberships.nextOwner(of: room, transaction.database) else { return }
    try setRole(of: successor, to: .owner, in: room, id, reason: "inherited", by: cause, transaction)
  }

  /// Sees to the rooms of a user who has been suspended or may act again.
  static func appointMissingOwners(inRoomsOf user: UserRowID, _ transaction: Transaction) throws {
    for room in try Memberships.rooms(of: user, transaction.database) {
      try appointMissingOwner(in: room.rowID, room.id, by: .server, transaction)
    }
  }

  /// Sees to all rooms: an older program left some without an owner. To be called once, when the daemon starts.
  public func appointMissingOwners() throws {
    var cursor: Int64 = 0
    while true {
      let rooms = try readers.read { try Memberships.roomsLackingOwner(after: cursor, limit: Self.appointedMax, $0) }
      guard let last = rooms.last else { return }
      try commit { transaction in
        for room in rooms { try Self.appointMissingOwner(in: room.rowID, room.id, by: .server, transaction) }
      }
      cursor = last.rowID.value
    }
  }
}
