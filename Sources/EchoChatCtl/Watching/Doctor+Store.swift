// What the doctor looks at on the disk: settings, data directory, database, clock, backup.
import Chat
import Configuration
import Domain
import Glibc
import Posix
import Store

extension Doctor {
  /// Below the first something stops soon, below the second it will some day.
  private static let diskBytesMin: Int64 = 64 << 20
  private static let diskBytesWanted: Int64 = 1 << 30
  /// What checkpoints leave, and what they leave only if something keeps them from working.
  private static let walBytesUsual = 80 << 20
  private static let walBytesMax = 256 << 20
  private static let backupSecondsMax: Int64 = 2 * 86_400
  /// 2026-01-01: no clock of a running EchoChat is before that.
  private static let clockMin: Int64 = 1_767_225_600_000

  var settingsFindings: [Finding] {
    if let warning = settings.unknownNamesWarning { return [.fail("settings", "\(warning); remove or correct what is not meant")] }
    return [.ok("settings", "all are known and make sense")]
  }

  var dataFindings: [Finding] {
    var directory = stat()
    guard stat(settings.data, &directory) == 0 else {
      return [.fail("data", "\(Errno(settings.data)): is ECHOCHAT_DATA right? `echochatctl migrate` makes a new directory")]
    }
    let owner = FileOwner.name(directory.st_uid)
    var findings: [Finding] = []
    if directory.st_mode & 0o007 != 0 {
      findings.append(.fail("data", "\(settings.data) is open to everybody: `chmod o= \(settings.data)`"))
    }
    if directory.st_uid == 0, settings.user != "root", FileOwner.exists("echochat") {
      findings.append(.warn("data", "\(settings.data) is root's: the programs give it to the user echochat at their next start"))
    }
    for name in ["echochat.db", "echochat.identity", "lock", "keys", "files", "search.db"] {
      var status = stat()
      let path = "\(settings.data)/\(name)"
      guard lstat(path, &status) == 0, status.st_uid != directory.st_uid else { continue }
      findings.append(
        .fail("data", "\(path) is \(FileOwner.name(status.st_uid))'s, not \(owner)'s: `echochatctl migrate`, or `chown \(owner) \(path)`"))
    }
    var keys = stat()
    if stat("\(settings.data)/keys", &keys) == 0, keys.st_mode & 0o077 != 0 {
      findings.append(.fail("data", "\(settings.data)/keys is open to others: `chmod 700 \(settings.data)/keys`"))
    }
    return findings.isEmpty ? [.ok("data", "\(settings.data) is \(owner)'s, and closed to others")] : findings
  }

  var disk: Finding {
    guard let free = freeBytes(at: settings.data) else { return .fail("disk", "\(Errno(settings.data))") }
    let text = "\(free >> 20) MiB are free at \(settings.data)"
    if free < Self.diskBytesMin { return .fail("disk", "\(text): nothing can be stored soon; make room") }
    return free < Self.diskBytesWanted ? .warn("disk", "\(text): make room") : .ok("disk", text)
  }

  /// The schema is read from the file's head, not through SQLite: to be the last to close a database changes it.
  var databaseFindings: [Finding] {
    guard let schema = DatabaseHead.schema(settings.databasePath) else {
      return [.fail("database", "\(settings.databasePath) is missing, not to be read, or no database of EchoChat")]
    }
    var findings: [Finding] = []
    if access(settings.databasePath + "-damaged", F_OK) == 0 {
      findings.append(.fail("database", "\(settings.databasePath) is damaged: put a whole copy in its place"))
    }
    if schema > Int64(Migrator.version) {
      findings.append(
        .fail("database", "schema \(schema) is of a newer EchoChat, which is to be installed again; this one knows \(Migrator.version)"))
    } else if schema < Int64(Migrator.version) {
      findings.append(
        .warn("database", "schema \(schema) becomes \(Migrator.version) when the programs are started, or by `echochatctl migrate`"))
    }
    let log = fileBytes(settings.databasePath + "-wal") ?? 0
    let size = "\(settings.databasePath)-wal has \(log >> 20) MiB"
    if log > Self.walBytesMax {
      findings.append(.fail("database", "\(size): is echochat-push running, and is a program reading the database for long?"))
    } else if log > Self.walBytesUsual {
      findings.append(.warn("database", "\(size), more than usual"))
    }
    return findings.isEmpty ? [.ok("database", "schema \(schema), log of \(log >> 20) MiB")] : findings
  }

  var clock: Finding {
    let now = Clock.wallMilliseconds()
    guard now >= Self.clockMin else { return .fail("clock", "it is wrong: \(Output.text(Timestamp(milliseconds: now)))") }
    var identity = stat()
    if stat(settings.identityPath, &identity) == 0, Int64(identity.st_mtim.tv_sec) > now / 1000 + 60 {
      let written = Timestamp(milliseconds: Int64(identity.st_mtim.tv_sec) * 1000)
      return .fail("clock", "it was set back: \(settings.identityPath) was written at \(Output.text(written)), which is to come")
    }
    guard Clock.isSynchronized else { return .warn("clock", "nothing keeps it right: install chrony, or start systemd-timesyncd") }
    return .ok("clock", "it is kept right")
  }

  var backup: Finding {
    guard let backup = LastBackup.read(settings) else { return .warn("backup", "there is none yet: `echochatctl help backup`") }
    let seconds = (Clock.wallMilliseconds() - backup.at.milliseconds) / 1000
    let text = "the newest one is of \(Output.text(backup.at)), in \(backup.path)"
    return seconds > Self.backupSecondsMax ? .warn("backup", "\(text): is the timer on?") : .ok("backup", text)
  }

  var thumbnails: Finding {
    guard ChildProcess.find("vipsthumbnail") != nil else {
      return .warn("thumbnails", "pictures get none: `apt-get install libvips-tools`, then start the programs anew")
    }
    return .ok("thumbnails", "vipsthumbnail is there")
  }
}

enum FileOwner {
  static func name(_ user: uid_t) -> String { getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)" }
  static func exists(_ name: String) -> Bool { getpwnam(name) != nil }
}
