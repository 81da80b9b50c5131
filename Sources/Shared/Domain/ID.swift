// The row number of an entity, typed by what it identifies, so that a room's number can never be passed for a user's.

/// A database row number. Never leaves the server: clients see a `PublicID`.
package struct ID<Entity>: Hashable, Sendable {
  package let number: Int64

  package init(_ number: Int64) {
    self.number = number
  }
}

package enum UserEntity {}
package enum RoomEntity {}
package enum SessionEntity {}

package typealias UserNumber = ID<UserEntity>
package typealias RoomNumber = ID<RoomEntity>
package typealias SessionNumber = ID<SessionEntity>
