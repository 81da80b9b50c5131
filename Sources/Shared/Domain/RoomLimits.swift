// The bounds of a user's rooms and of a room's members.

/// Nil lifts a bound. The defaults are far above what people do: nobody reads a thousand rooms, and an organisation that adds a newcomer
/// to all its rooms in one morning has fewer than two hundred of them.
public struct RoomLimits: Equatable, Sendable {
  /// Rooms a user may be in; as many as a snapshot has.
  public var perUser: Int? = 1000
  /// Groups and public rooms a user may own when they create another one.
  public var ownedPerUser: Int? = 500
  /// Rooms others may have added a user to that the user has not opened: what strangers can take of `perUser`.
  public var unopenedPerUser: Int? = 200
  /// Members of a room. Default rooms take in every new user all the same.
  public var membersPerRoom: Int? = 100_000
  /// Rooms of any kind a user may create.
  public var creation: RateLimit? = RateLimit(count: 200, windowMilliseconds: 3_600_000)
  /// People a user may add or invite with whom they share no room.
  public var adding: RateLimit? = RateLimit(count: 30, windowMilliseconds: 3_600_000)
  /// Open invitations of a user.
  public static let invitationsPerUser = 100

  public init() {}
}

/// A user's rooms, as far as they are bounded.
public struct RoomCounts: Equatable, Sendable {
  public let rooms: Int64
  public let owned: Int64
  public let unopened: Int64

  public init(rooms: Int64, owned: Int64, unopened: Int64) {
    self.rooms = rooms
    self.owned = owned
    self.unopened = unopened
  }
}

/// How somebody becomes a member of a room.
public enum MemberEntry: Sendable {
  /// By their own wish.
  case joined
  /// By the wish of another user.
  case added
  /// By the operator's wish: no bound applies.
  case placed
}
