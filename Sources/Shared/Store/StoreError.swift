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
  package var isCorruption: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB || isCutOff }

  /// The file ends before it should: SQLITE_IOERR_SHORT_READ (2), one of the extended codes, which are macros that Swift does not import.
  private var isCutOff: Bool { code == SQLITE_IOERR | 2 << 8 }

  /// There is no such table: this is another program's file, or one that was emptied.
  package var isOfAnotherSchema: Bool { primaryCode == SQLITE_ERROR }

  /// A UNIQUE (8) or PRIMARY KEY (6) constraint said no.
  package var isUniqueViolation: Bool { code == SQLITE_CONSTRAINT | 8 << 8 || code == SQLITE_CONSTRAINT | 6 << 8 }
}
