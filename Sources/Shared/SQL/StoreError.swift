// An error of the database, with its message and the statement.

/// For the operator; clients receive only that the service is unavailable.
package struct StoreError: Error, CustomStringConvertible, Equatable {
  /// What a failure means to us, whatever engine reports it.
  package enum Meaning: Sendable {
    /// Another connection holds the write lock.
    case busy
    /// The file is damaged: going on would make it worse.
    case corruption
    /// There is no such table or column: this is another program's file, or one that was emptied.
    case schemaMismatch
    /// A UNIQUE or PRIMARY KEY constraint failed.
    case uniqueViolation
    case other
  }

  package let meaning: Meaning
  /// The engine's own code.
  package let code: Int32
  package let message: String
  package let sql: String

  package init(_ meaning: Meaning, code: Int32 = 0, message: String, sql: String) {
    self.meaning = meaning
    self.code = code
    self.message = message
    self.sql = sql
  }

  package var description: String { "database error \(code): \(message) [\(sql.prefix(120))]" }

  package var isBusy: Bool { meaning == .busy }
  package var isCorruption: Bool { meaning == .corruption }
  package var isSchemaMismatch: Bool { meaning == .schemaMismatch }
  package var isUniqueViolation: Bool { meaning == .uniqueViolation }
}
