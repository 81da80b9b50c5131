// Keeping the database's write-ahead log short.
import Configuration
import Posix
import SQL
import Store

extension Chat {
  /// Starts a thread that checkpoints the database until `stop`. It leaves the WAL alone while the file is smaller than `walBytesMin`.
  package func startCheckpointing(walBytesMin: Int64 = 0) throws {
    let started = try Checkpointer(path: settings.databasePath, walBytesMin: walBytesMin)
    checkpointer.withLock { $0 = started }
  }
}
