// The operator shuts somebody out, looks who is there, and lets people in again.
package import Domain
import SQL
import Store

extension Chat {
  static let unknownUser = ChatError(.notFound, "There is no such user.")

  /// Shuts a user out: from this transaction on her tokens are worth nothing, and the daemon closes her lines. False if she was out already.
  package func suspend(_ username: String) throws -> Bool {
    let username = try Username(username)
    return try commit { transaction in
      guard let user = try Users.find(username: username, transaction.database) else { throw Self.unknownUser }
      guard try Users.suspend(user.rowID, at: .now, transaction) else { return false }
      try Journal.append(.userSuspended, user: user.rowID, data: [], at: .now, transaction)
      return true
    }
  }

  /// Lets a user sign in again. The sessions of before do not come back to life. False if she was not suspended.
  package func unsuspend(_ username: String) throws -> Bool {
    let username = try Username(username)
    return try commit { transaction in
      guard let user = try Users.find(username: username, transaction.database) else { throw Self.unknownUser }
      guard try Users.unsuspend(user.rowID, transaction) else { return false }
      try Sessions.endOthers(of: user.rowID, than: nil, at: .now, transaction)
      return true
    }
  }

  /// What the operator sees of a user.
  package func account(_ username: String) throws -> Account {
    let username = try Username(username)
    guard let account = try readers.read({ try Users.account(username, $0) }) else { throw Self.unknownUser }
    return account
  }

  /// Accounts by their age; `cursor` is the number of the last one of the page before.
  package func accounts(after cursor: Int64, limit: Int) throws -> [Account] {
    try readers.read { try Users.accounts(after: cursor, limit: limit, $0) }
  }
}
