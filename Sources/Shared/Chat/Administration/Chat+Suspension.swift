// The operator's work on accounts: suspending, unsuspending, listing.
public import Domain
import SQL
import Store

extension Chat {
  static let unknownUser = ChatError(.notFound, "There is no such user.")

  /// Suspends a user: from this transaction on their tokens are invalid, and the daemon closes their connections. False if they were
  /// suspended already. Rooms that nobody else owns get another owner, in the same transaction.
  public func suspend(_ username: String, by actor: AuditActor = .service) throws -> Bool {
    let username = try Username(username)
    return try commit { transaction in
      guard let user = try Users.find(username: username, transaction.database) else { throw Self.unknownUser }
      guard try Users.suspend(user.rowID, at: transaction.now, transaction) else { return false }
      try Journal.append(.userSuspended, by: .server, user: user.rowID, data: [], at: transaction.now, transaction)
      try Self.appointMissingOwners(inRoomsOf: user.rowID, transaction)
      try AuditLog.record(.userSuspended, by: actor, user: user.rowID, transaction)
      return true
    }
  }

  /// Lets a user sign in again; their earlier sessions stay ended. They still have the roles that they had, and own rooms where nobody else
  /// could act meanwhile. False if they were not suspended.
  public func unsuspend(_ username: String, by actor: AuditActor = .service) throws -> Bool {
    let username = try Username(username)
    return try commit { transaction in
      guard let user = try Users.find(username: username, transaction.database) else { throw Self.unknownUser }
      guard try Users.unsuspend(user.rowID, transaction) else { return false }
      try Sessions.endOthers(of: user.rowID, than: nil, at: transaction.now, transaction)
      try Self.appointMissingOwners(inRoomsOf: user.rowID, transaction)
      try AuditLog.record(.userUnsuspended, by: actor, user: user.rowID, transaction)
      return true
    }
  }

  /// A user's account as the operator sees it.
  public func account(_ username: String) throws -> Account {
    let username = try Username(username)
    guard let account = try readers.read({ try Users.account(username, $0) }) else { throw Self.unknownUser }
    return account
  }

  /// Accounts, oldest first; `cursor` is the row id of the last account of the previous page.
  public func accounts(after cursor: Int64, limit: Int) throws -> [Account] {
    try readers.read { try Users.accounts(after: cursor, limit: limit, $0) }
  }
}
