// A prepared statement of the SQLite library: its parameters and the columns of its current row.
import CSQLite

public struct SQLiteStatement {
  let pointer: OpaquePointer

  // MARK: Parameters

  /// Returns SQLite's result code. Parameters are counted from 1.
  func bind(_ value: Value, at index: Int32) -> Int32 {
    switch value {
    case .null: sqlite3_bind_null(pointer, index)
    case .integer(let number): sqlite3_bind_int64(pointer, index, number)
    case .text(var text): text.withUTF8 { bindText(UnsafeRawBufferPointer($0), at: index) }
    case .utf8(let bytes): bytes.withUnsafeBytes { bindText($0, at: index) }
    case .blob(let bytes): bytes.withUnsafeBytes { echochat_bind_blob(pointer, index, $0.baseAddress, Int32($0.count)) }
    }
  }

  /// Empty text needs an address too: SQLite reads a null pointer as NULL.
  private func bindText(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
    guard !bytes.isEmpty else { return echochat_bind_text(pointer, index, "", 0) }
    return echochat_bind_text(pointer, index, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
  }

  // MARK: Columns, counted from 0

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(pointer, column) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))), as: UTF8.self)
  }

  func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    // The order that sqlite3_column_bytes demands: first the text or blob, then its length.
    guard let start = sqlite3_column_blob(pointer, column) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }
}
