// Pages that were read and are kept for the next time.
import Posix

extension Database {
  /// Lets go of the pages that it does not need now.
  package func releaseMemory() throws {
    try run("PRAGMA shrink_memory")
  }
}

extension ReaderPool {
  /// Has the connections that nobody uses let go of theirs, up to half a megabyte each.
  package func releaseMemory() {
    idle.withLock { databases in
      for database in databases { try? database.releaseMemory() }
    }
  }
}
