// A room as the operator sees it.

public struct AdministeredRoom: Sendable {
  public let room: Room
  /// Whether it takes in every new user.
  public let isDefault: Bool

  public init(room: Room, isDefault: Bool) {
    self.room = room
    self.isDefault = isDefault
  }
}
