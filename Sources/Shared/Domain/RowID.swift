// A database row id, typed by what it identifies, so that a room's id cannot be passed as a user's.

/// Never leaves the server: clients see a `PublicID`.
package struct RowID<Entity>: Hashable, Sendable {
  package let value: Int64

  @inlinable
  package init(_ value: Int64) {
    self.value = value
  }

  // Written by hand, since the derived ones are not inlinable: each dictionary lookup would ask the runtime for the type of `Entity`.
  @inlinable package static func == (one: Self, other: Self) -> Bool { one.value == other.value }
  @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(value) }
  @inlinable package func _rawHashValue(seed: Int) -> Int { value._rawHashValue(seed: seed) }
}

package enum UserEntity {}
package enum RoomEntity {}
package enum SessionEntity {}

package typealias UserRowID = RowID<UserEntity>
package typealias RoomRowID = RowID<RoomEntity>
package typealias SessionRowID = RowID<SessionEntity>
