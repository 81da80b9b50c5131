// Keeping the database's write-ahead log short.
import Configuration
import Posix
import SQL
import Store

extension Chat {
  /// Starts a thread that checkpoints the database until `stopCheckpointing`. It leaves the WAL alone while the file is smaller than
  /// `walBytesMin`; with 0 it also erases deleted words from it.
  public func startCheckpointing(walBytesMin: Int64 = 0) throws {
    let started = try Checkpointer(
      path: settings.databasePath, walBytesMin: walBytesMin, eraseMilliseconds: walBytesMin == 0 ? settings.erasePeriodMilliseconds : nil,
      policy: policy)
    checkpointer.withLock { $0 = started }
  }

  /// Ends the thread and waits for a checkpoint under way, which may take as long as the disk does: call it once no client waits.
  public func stopCheckpointing() {
    checkpointer.withLock { $0 }?.stop()
  }
}
