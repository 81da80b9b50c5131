// The user's preferences.
import Domain
import SQL
import Store

extension Chat {
  /// Whether the principal's receipts go to their own devices only.
  public func hidesReadReceipts(_ principal: Principal) throws -> Bool {
    try readers.read { try Preferences.hidesReading(principal.user.rowID, $0) }
  }

  /// Hides or shows the principal's receipts, from their next read marker on.
  public func setHidesReadReceipts(_ hides: Bool, by principal: Principal) throws {
    try commit(as: principal) { try Preferences.setHidesReading(hides, of: principal.user.rowID, $0) }
  }
}
