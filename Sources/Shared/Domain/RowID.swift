// A database row id, typed by what it identifies, so that a room's id cannot be passed as a user's.

/// Never leaves the server: clients see a `PublicID`.
public struct RowID<Entity>: Hashable, Sendable {
  public let value: Int64

  @inlinable
  public init(_ value: Int64) {
    self.value = value
  }

  // Written by hand, since the derived ones are not inlinable: each dictionary lookup would ask the runtime for the type of `Entity`.
  @inlinable public static func == (one: Self, other: Self) -> Bool { one.value == other.value }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(value) }
  @inlinable public func _rawHashValue(seed: Int) -> Int { value._rawHashValue(seed: seed) }
}

public enum UserEntity {}
public enum RoomEntity {}
public enum SessionEntity {}

public typealias UserRowID = RowID<UserEntity>
public typealias RoomRowID = RowID<RoomEntity>
public typealias SessionRowID = RowID<SessionEntity>
