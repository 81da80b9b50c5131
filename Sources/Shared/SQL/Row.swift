// One row of a result.

/// Valid only inside the closure that receives it. Columns are counted from 0. One that is NULL or of another type reads as zero or empty:
/// the schema is STRICT.
public struct Row {
  @usableFromInline let statement: SQLiteStatement

  @inlinable
  init(_ statement: SQLiteStatement) {
    self.statement = statement
  }

  public func isNull(_ column: Int32) -> Bool { statement.isNull(column) }

  public func integer(_ column: Int32) -> Int64 { statement.integer(column) }

  public func optionalInteger(_ column: Int32) -> Int64? { statement.isNull(column) ? nil : statement.integer(column) }

  public func text(_ column: Int32) -> String { statement.text(column) }

  public func optionalText(_ column: Int32) -> String? { statement.isNull(column) ? nil : statement.text(column) }

  public func bytes(_ column: Int32) -> [UInt8] { statement.withBytes(column) { Array($0) } }

  public func optionalBytes(_ column: Int32) -> [UInt8]? { statement.isNull(column) ? nil : bytes(column) }

  /// Appends a text or blob column without making an array of it.
  public func append(_ column: Int32, to buffer: inout [UInt8]) {
    statement.withBytes(column) { buffer.append(contentsOf: $0) }
  }
}

extension Row {
  /// The columns from `first` on, to be read one after the other in the order of the statement's list.
  public func columns(from first: Int32 = 0) -> Columns { Columns(row: self, next: first) }

  /// Reads columns in order, so that a record and the list of its columns are written down once, in the same order.
  public struct Columns {
    public let row: Row
    public private(set) var next: Int32

    private mutating func advance() -> Int32 {
      defer { next += 1 }
      return next
    }

    public mutating func integer() -> Int64 { row.integer(advance()) }
    public mutating func optionalInteger() -> Int64? { row.optionalInteger(advance()) }
    public mutating func bool() -> Bool { row.integer(advance()) == 1 }
    public mutating func text() -> String { row.text(advance()) }
    public mutating func optionalText() -> String? { row.optionalText(advance()) }
    public mutating func bytes() -> [UInt8] { row.bytes(advance()) }
    public mutating func optionalBytes() -> [UInt8]? { row.optionalBytes(advance()) }

    /// Whether the next column is NULL; does not move on.
    public var isNextNull: Bool { row.isNull(next) }

    /// Passes over columns, of a record that an outer join did not find.
    public mutating func skip(_ count: Int32) { next += count }
  }
}
