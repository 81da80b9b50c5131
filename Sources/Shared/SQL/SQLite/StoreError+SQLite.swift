// What SQLite's result codes mean to us.
import CSQLite

extension StoreError {
  /// From an extended result code (sqlite.org/rescode.html).
  public init(sqliteCode code: Int32, message: String, sql: String) {
    self.init(Self.meaning(of: code), code: code, message: message, sql: sql)
  }

  /// Extended codes are macros that Swift does not import: SQLITE_IOERR_SHORT_READ (2) is a file that ends before it should, and
  /// constraints are PRIMARY KEY (6) and UNIQUE (8). SQLITE_IOERR_CORRUPTFS is no corruption: the disk could not read, which may pass, and
  /// nothing wrong was read. SQLITE_PROTOCOL is a lock that was not got in many attempts.
  private static func meaning(of code: Int32) -> Meaning {
    switch code {
    case SQLITE_IOERR | 2 << 8: return .corruption
    case SQLITE_CONSTRAINT | 6 << 8, SQLITE_CONSTRAINT | 8 << 8: return .uniqueViolation
    default: break
    }
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: return .busy
    case SQLITE_CORRUPT, SQLITE_NOTADB: return .corruption
    case SQLITE_ERROR: return .schemaMismatch
    case SQLITE_FULL: return .full
    case SQLITE_IOERR: return .inputOutput
    case SQLITE_READONLY, SQLITE_PERM: return .readOnly
    default: return .other
    }
  }
}
