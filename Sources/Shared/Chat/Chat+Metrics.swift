// What programs tell of the store: whether they are ready, and the figures of database, disk, mail and passwords.
import Auth
import Configuration
import Domain
import Glibc
public import Posix
import SQL
import Store

extension Chat {
  /// Adds whether this program can serve.
  public func addReadiness(to metrics: Metrics) {
    metrics.reading(.gauge, "echochat_ready", "1 while a write can go through in a program, else 0.", metrics.program) { [self] in
      isReady ? 1 : 0
    }
  }

  /// Adds what is the same whichever program tells it, so that one does: the worker. What cannot be read is left out.
  public func addSiteMetrics(to metrics: Metrics) {
    metrics.reading(.gauge, "echochat_journal_position", "Position of the newest event.") { [self] in
      (try? lastPosition()).map { Int($0) }
    }
    let (database, data) = (settings.databasePath, settings.data)
    metrics.reading(.gauge, "echochat_database_bytes", "Size of the database, without its log.") { fileBytes(database) }
    metrics.reading(.gauge, "echochat_wal_bytes", "Size of the database's log, the WAL.") { fileBytes(database + "-wal") ?? 0 }
    metrics.reading(.gauge, "echochat_disk_free_bytes", "What may still be written to the disk of the data directory.") {
      freeBytes(at: data).map { Int($0) }
    }
    addBackupMetrics(to: metrics)
    addMailMetrics(to: metrics)
    let running = "Passwords that are being hashed or checked."
    metrics.reading(.gauge, "echochat_password_checks_running", running) { [self] in hasher.load.running }
    let waiting = "Requests that wait for the password hasher."
    metrics.reading(.gauge, "echochat_password_checks_waiting", waiting) { [self] in hasher.load.waiting }
  }

  private func addBackupMetrics(to metrics: Metrics) {
    let settings = settings
    let time = "When the newest backup was whole, in seconds since 1970; 0 if there is none."
    metrics.reading(.gauge, "echochat_backup_timestamp_seconds", time, unit: .milliseconds) {
      Int(LastBackup.read(settings)?.at.milliseconds ?? 0)
    }
    metrics.reading(.gauge, "echochat_backup_bytes", "Size of the newest backup.") { (LastBackup.read(settings)?.bytes).map { Int($0) } }
  }

  private func addMailMetrics(to metrics: Metrics) {
    guard settings.isMailOn else { return }
    let help = "Mails that wait, or were given up within the last week."
    metrics.reading(.gauge, "echochat_mails", help, [("state", "waiting")]) { [self] in
      (try? readers.read { try Mails.counts($0).waiting }).map { Int($0) }
    }
    metrics.reading(.gauge, "echochat_mails", help, [("state", "given_up")]) { [self] in
      (try? readers.read { try Mails.counts($0).givenUp }).map { Int($0) }
    }
    let age = "How long the oldest mail that waits has been waiting."
    metrics.reading(.gauge, "echochat_mail_oldest_seconds", age, unit: .milliseconds) { [self] in
      guard let oldest = try? readers.read({ try Mails.oldestWaiting($0) }) else { return 0 }
      return max(0, Int(clock.now.milliseconds - oldest.milliseconds))
    }
  }
}
