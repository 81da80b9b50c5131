// The operator's work on accounts: suspending and unsuspending.
import Domain
import SQL
import Store

extension Chat {
  /// Suspends a user: from this transaction on their tokens are invalid, and the daemon closes their connections. Who was an operator is none
  /// any more. False if they were suspended already. Rooms that nobody else owns get another owner, in the same transaction.
  public func suspend(_ reference: AccountReference, by operator: Operator) throws -> Bool {
    try commit(as: `operator`) { transaction in
      let user = try Self.changeableAccount(reference, transaction.database).user
      guard try Users.suspend(user.rowID, at: transaction.now, transaction) else { return false }
      try Journal.append(.userSuspended, by: .server, user: user.rowID, data: [], at: transaction.now, transaction)
      try Self.appointMissingOwners(inRoomsOf: user.rowID, transaction)
      try `operator`.record(.userSuspended, user: user.rowID, transaction)
      if try Users.setOperator(false, user.rowID, transaction) { try `operator`.record(.operatorUnmade, user: user.rowID, transaction) }
      return true
    }
  }

  /// Lets a user sign in again; their earlier sessions stay ended. They still have the roles that they had, and own rooms where nobody else
  /// could act meanwhile; an operator they are no more. False if they were not suspended.
  public func unsuspend(_ reference: AccountReference, by operator: Operator) throws -> Bool {
    try commit(as: `operator`) { transaction in
      let user = try Self.changeableAccount(reference, transaction.database).user
      guard try Users.unsuspend(user.rowID, transaction) else { return false }
      try Sessions.endOthers(of: user.rowID, than: nil, at: transaction.now, transaction)
      try Self.appointMissingOwners(inRoomsOf: user.rowID, transaction)
      try `operator`.record(.userUnsuspended, user: user.rowID, transaction)
      return true
    }
  }
}
