// The journal as the daemon reads it.
package import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Events that all wait in memory at once, per reading.
  package static let journalBatchMax = 512

  /// Events after a position, oldest first, at most `journalBatchMax`. Blocks for the reading.
  package func news(after position: Int64) throws -> [JournalEntry] {
    try readers.read { try Journal.entries(after: position, limit: Self.journalBatchMax, $0) }
  }

  package func lastPosition() throws -> Int64 {
    try readers.read(Journal.lastPosition)
  }

  /// Removes what has outlived its use: old events, sessions, tickets and keys. Call now and then; each call does a bounded part.
  package func sweep() throws {
    let keep = settings.journalKeepSeconds
    try commit { transaction in
      let now = Timestamp.now
      _ = try Journal.prune(before: now + .seconds(-keep), limit: 5000, transaction)
      try Sessions.sweep(at: now, transaction)
      try IdempotencyKeys.sweep(before: now + .seconds(-24 * 3600), transaction)
      try Invites.sweep(at: now, transaction)
      try DeletedRooms.sweep(transaction)
    }
    try purgeDeletedRooms()
    try completeErasures()
  }
}
