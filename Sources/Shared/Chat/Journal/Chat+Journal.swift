// Reading the journal, and its retention.
import Configuration
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Events per read.
  public static let journalBatchMax = 512

  /// The position of the newest event; 0 before the first. Blocks.
  public func lastPosition() throws -> Int64 {
    try readers.read(Journal.lastPosition)
  }

  /// Deletes expired events, sessions, tickets, idempotency keys and invites, continues deletions of rooms and accounts, and erases
  /// replaced text. To be called once a minute or more often; each call does a bounded part.
  public func sweep() throws {
    let (keep, refreshTokenMilliseconds) = (settings.journalKeepSeconds, settings.refreshTokenSeconds * 1000)
    let unattachedKeep = settings.files.unattachedKeepSeconds
    try commit { transaction in
      let now = transaction.now
      _ = try Journal.prune(before: now + .seconds(-keep), limit: 5000, transaction)
      try Sessions.sweep(at: now, transaction)
      try RefreshTokens.sweep(at: now, lifetimeMilliseconds: refreshTokenMilliseconds, transaction)
      try IdempotencyKeys.sweep(before: now + .seconds(-24 * 3600), transaction)
      try Invites.sweep(at: now, transaction)
      try Invitations.sweep(at: now, transaction)
      try DeletedRooms.sweep(transaction)
      _ = try Files.removeUnattached(before: now + .seconds(-unattachedKeep), limit: 500, transaction)
    }
    try endEmptyRooms()
    try purgeDeletedRooms()
    try completeErasures()
    try eraseReplaced()
    try sweepFiles()
    DatabaseCopies(of: settings.databasePath).removeOld(at: clock.now)
  }
}
