// An invitation: asks one user to become a member of a room. (An invite is a link that anyone may use.)

public struct Invitation: Sendable {
  public let room: Room
  public let invitedBy: User
  /// The role that accepting gives.
  public let role: Role
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  /// The position of the event that told the user.
  public let position: Int64

  public init(room: Room, invitedBy: User, role: Role, createdAt: Timestamp, expiresAt: Timestamp, position: Int64) {
    self.room = room
    self.invitedBy = invitedBy
    self.role = role
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.position = position
  }
}

/// What the holder of an invite's code learns before they accept it.
public struct InvitePreview: Sendable {
  public let room: Room
  public let invitedBy: User
  public let expiresAt: Timestamp

  public init(room: Room, invitedBy: User, expiresAt: Timestamp) {
    self.room = room
    self.invitedBy = invitedBy
    self.expiresAt = expiresAt
  }
}
