// The database failed: what SQLite said, and about which statement.
import CSQLite

/// For the operator; users are told only that the service is unavailable.
package struct StoreError: Error, CustomStringConvertible, Equatable {
  /// The extended result code (sqlite.org/rescode.html).
  package let code: Int32
  package let message: String
  package let sql: String

  package init(code: Int32, message: String, sql: String) {
    self.code = code
    self.message = message
    self.sql = sql
  }

  package var description: String { "SQLite \(code): \(message) [\(sql.prefix(120))]" }

  private var primaryCode: Int32 { code & 0xff }

  /// Another connection holds the writer lock.
  package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

  /// The file is damaged: going on would make it worse.
  package var isCorruption: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }

  /// A UNIQUE (8) or PRIMARY KEY (6) constraint said no; the extended codes are macros that Swift does not import.
  package var isUniqueViolation: Bool { code == SQLITE_CONSTRAINT | 8 << 8 || code == SQLITE_CONSTRAINT | 6 << 8 }
}
