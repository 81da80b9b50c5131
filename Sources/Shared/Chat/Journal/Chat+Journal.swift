// Reading the journal, and its retention.
import Auth
import Configuration
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Events per read.
  public static let journalBatchMax = 512
  /// Events that one sweep deletes.
  private static let prunedMax = 5000
  /// Audit entries that one sweep deletes.
  private static let auditPrunedMax: Int64 = 5000

  /// The position of the newest event; 0 before the first. Blocks.
  public func lastPosition() throws -> Int64 {
    try readers.read(Journal.lastPosition)
  }

  /// Deletes files and expired events, sessions, tickets, idempotency keys, invites, registration codes and audit entries, continues deletions of
  /// rooms and accounts, and erases replaced text. To be called once a minute or more often; each call does a bounded part.
  public func sweep() throws {
    // First: on a full disk it makes the room that the rest needs.
    try sweepFiles()
    let (keep, refreshTokenMilliseconds) = (settings.journalKeepSeconds, settings.refreshTokenSeconds * 1000)
    let auditKeep = settings.auditKeepSeconds
    // In portions, so that no writer waits for many rooms.
    while try commit({ try Journal.moveTails(before: $0.now + .seconds(-keep), limit: Self.prunedMax, $0) }) {}
    try commit { transaction in
      let now = transaction.now
      _ = try Journal.prune(before: now + .seconds(-keep), limit: Self.prunedMax, transaction)
      try Sessions.sweep(at: now, transaction)
      try RefreshTokens.sweep(at: now, lifetimeMilliseconds: refreshTokenMilliseconds, transaction)
      try IdempotencyKeys.sweep(before: now + .seconds(-24 * 3600), transaction)
      try Invites.sweep(at: now, transaction)
      try RegistrationCodes.sweep(at: now, transaction)
      try Invitations.sweep(at: now, transaction)
      try DeletedRooms.sweep(transaction)
      try AccountTokens.sweep(at: now, mailsBefore: now + .seconds(-Self.mailWindowSeconds), transaction)
      try KnownDevices.sweep(before: now + .seconds(-Self.deviceKeepSeconds), transaction)
      try HostUsers.sweep(before: now + .seconds(-HostTokens.lifetimeSecondsMax - HostTokens.leewaySeconds), transaction)
      try AuditLog.prune(before: now + .seconds(-auditKeep), limit: Self.auditPrunedMax, transaction)
    }
    try sweepMails()
    try writeSightings()
    try endEmptyRooms()
    try purgeDeletedRooms()
    try completeErasures()
    try eraseReplaced()
    DatabaseCopies(of: settings.databasePath).removeOld(at: clock.now)
  }
}
