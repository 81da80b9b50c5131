// The row number of an entity, typed by what it identifies, so that a room's number can never be passed for a user's.

/// A database row number. Never leaves the server: clients see a `PublicID`.
package struct RowID<Entity>: Hashable, Sendable {
  package let value: Int64

  @inlinable
  package init(_ value: Int64) {
    self.value = value
  }

  // By hand, because what the compiler derives is not inlinable: each look into a dictionary would ask the runtime what `Entity` is.
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
