// An error of the database, with its message and the statement.

/// For the operator; clients receive only that the service is unavailable.
public struct StoreError: Error, CustomStringConvertible, Equatable {
  /// What a failure means to us, whatever engine reports it.
  public enum Meaning: Sendable {
    /// Another connection holds the write lock.
    case busy
    /// The file is damaged: going on would make it worse.
    case corruption
    /// There is no such table or column: this is another program's file, or one that was emptied.
    case schemaMismatch
    /// A UNIQUE or PRIMARY KEY constraint failed.
    case uniqueViolation
    /// There is no room for what is to be written.
    case full
    /// The disk has refused to read or write.
    case inputOutput
    /// The file or its file system is not to be written to.
    case readOnly
    case other
  }

  public let meaning: Meaning
  /// The engine's own code.
  public let code: Int32
  public let message: String
  public let sql: String

  public init(_ meaning: Meaning, code: Int32 = 0, message: String, sql: String) {
    self.meaning = meaning
    self.code = code
    self.message = message
    self.sql = sql
  }

  public var description: String { "database error \(code): \(message) [\(sql.prefix(120))]" }

  public var isBusy: Bool { meaning == .busy }
  public var isCorruption: Bool { meaning == .corruption }
  public var isSchemaMismatch: Bool { meaning == .schemaMismatch }
  public var isUniqueViolation: Bool { meaning == .uniqueViolation }

  /// Whether nothing is wrong with the data, so that the same may succeed later.
  public var isTemporary: Bool {
    switch meaning {
    case .busy, .full, .inputOutput, .readOnly: true
    case .corruption, .schemaMismatch, .uniqueViolation, .other: false
    }
  }
}
