// What people set for themselves.
import Domain
import SQL
import Store

extension Chat {
  /// Whether the principal's marks are told to her own devices alone.
  package func hidesReading(_ principal: Principal) throws -> Bool {
    try readers.read { try Preferences.hidesReading(principal.user.rowID, $0) }
  }

  /// Hides the principal's reading from others, or shows it again, from her next mark on.
  package func setHidesReading(_ hides: Bool, by principal: Principal) throws {
    try commit { try Preferences.setHidesReading(hides, of: principal.user.rowID, $0) }
  }
}
