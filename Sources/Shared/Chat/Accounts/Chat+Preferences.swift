// The user's preferences.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Hides or shows the principal's receipts, from their next read marker on, and tells their devices if that is a change.
  public func setHidesReadReceipts(_ hides: Bool, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      guard try Preferences.hidesReading(principal.user.rowID, transaction.database) != hides else { return }
      try Preferences.setHidesReading(hides, of: principal.user.rowID, transaction)
      try Self.announceAccount(of: principal.user, transaction)
    }
  }

  /// Who may make the principal a member of a room.
  public func addedBy(_ principal: Principal) throws -> AddedBy {
    try readers.read { try Preferences.addedBy(principal.user.rowID, $0) }
  }

  /// Sets who may make the principal a member of a room, and tells their devices if that is a change. `word` is `everyone` or `contacts`.
  public func setAddedBy(_ word: String, by principal: Principal) throws -> AddedBy {
    guard let value = AddedBy(word: word) else { throw ChatError.invalid("added_by", "value", "One of everyone and contacts.") }
    return try commit(as: principal) { transaction in
      let user = principal.user.rowID
      guard try Preferences.addedBy(user, transaction.database) != value else { return value }
      try Preferences.setAddedBy(value, of: user, transaction)
      let data = JSONWriter.preferences(addedBy: value)
      try Journal.append(.preferencesUpdated, by: .user(user), user: user, data: data, at: transaction.now, transaction)
      return value
    }
  }
}
