// One row of an answer.
import CSQLite

/// Valid only inside the closure that receives it. A column that is NULL or of another type reads as zero or empty: the schema is STRICT.
package struct Row {
  @usableFromInline let statement: OpaquePointer

  @inlinable
  init(statement: OpaquePointer) {
    self.statement = statement
  }

  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

  package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  package func text(_ column: Int32) -> String {
    String(decoding: UnsafeBufferPointer(start: sqlite3_column_text(statement, column), count: byteCount(column)), as: UTF8.self)
  }

  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  package func bytes(_ column: Int32) -> [UInt8] {
    // Asking for the text or blob first, the length after, is the order that sqlite3_column_bytes demands.
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  package func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

  /// Appends a text or blob column without making an array of it.
  package func append(_ column: Int32, to buffer: inout [UInt8]) {
    guard let start = sqlite3_column_blob(statement, column) else { return }
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  private func byteCount(_ column: Int32) -> Int {
    guard sqlite3_column_text(statement, column) != nil else { return 0 }
    return Int(sqlite3_column_bytes(statement, column))
  }
}
