// The row number of an entity, typed by what it identifies, so that a room's number can never be passed for a user's.

/// A database row number. Never leaves the server: clients see a `PublicID`.
package struct ID<Entity>: Hashable, Sendable {
  package let number: Int64

  @inlinable
  package init(_ number: Int64) {
    self.number = number
  }

  // By hand, because what the compiler derives is not inlinable: each look into a dictionary would ask the runtime what `Entity` is.
  @inlinable package static func == (one: Self, other: Self) -> Bool { one.number == other.number }
  @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(number) }
  @inlinable package func _rawHashValue(seed: Int) -> Int { number._rawHashValue(seed: seed) }
}

package enum UserEntity {}
package enum RoomEntity {}
package enum SessionEntity {}

package typealias UserNumber = ID<UserEntity>
package typealias RoomNumber = ID<RoomEntity>
package typealias SessionNumber = ID<SessionEntity>
