// The first steps of every program: it reads its settings, gives up being root, and finds or makes its directories.
public import Configuration
import Glibc
import Posix

public enum ProgramStart {
  /// Why a program cannot start, in a sentence for the operator.
  public struct Unusable: Error, CustomStringConvertible {
    public let description: String
  }

  /// Makes the directories of a role and returns the settings with `data` and `run` made absolute. Run by root, it gives the directories to
  /// the service's user and becomes that user, after `asRoot` has done what only root can.
  public static func makeDirectories(for role: DataDirectoryLock.Role, asRoot: (Settings) throws -> Void = { _ in }) throws -> Settings {
    var settings = try readSettings()
    let user = try ServiceUser.choose(settings, as: role, isMade: true)
    if let user { try refuseForeign(settings, role, user) }
    let made = try Posix.makeDirectories(role.directories(settings))
    settings.data = try absolutePath(settings.data)
    if role.hasSockets { settings.run = try absolutePath(settings.runDirectory) }
    guard let user else { return settings }
    try asRoot(settings)
    let directories = [settings.data] + (role.hasSockets ? [settings.run] : [])
    // The user could not pass through what root has made on the way.
    try user.take(directories + made)
    if settings.logFile != nil { user.takeLog() }
    try user.become()
    for directory in directories where access(directory, R_OK | W_OK | X_OK) != 0 {
      throw Unusable(description: "the user \(user.name) cannot use \(Errno(directory)); ECHOCHAT_USER names another user, such as root")
    }
    return settings
  }

  /// The settings of a data directory that must exist: a wrong ECHOCHAT_DATA must not create a new one. Root becomes its owner.
  public static func findDirectory() throws -> Settings {
    let settings = try readSettings()
    let user = try ServiceUser.choose(settings, as: .command, isMade: false)
    // A restore that was cut short has it aside: who uses the directory puts it back.
    let isCutShort = access(settings.restoringPath, F_OK) == 0
    guard access(settings.databasePath, F_OK) == 0 || isCutShort else {
      let reason = Errno(settings.databasePath)
      guard reason.code == EACCES else { throw Unusable(description: "there is no database at \(reason.call): is ECHOCHAT_DATA right?") }
      throw Unusable(description: "\(ServiceUser.currentName) may not look into \(settings.data): run this as root, or as its owner")
    }
    // What it creates, as SQLite may, must be the programs' to write.
    try user?.become()
    guard access(settings.databasePath, R_OK | W_OK) == 0 || (isCutShort && errno == ENOENT) else {
      let reason = Errno(settings.databasePath)
      throw Unusable(
        description: """
          \(ServiceUser.currentName) cannot use \(reason). `echochatctl migrate`, run by root, gives what root owns in the data directory to \
          the directory's owner
          """)
    }
    return settings
  }

  /// Root becomes the owner of a directory that a command only reads, before it opens what others may have put there.
  public static func becomeOwner(of directory: String) throws {
    guard geteuid() == 0, let owner = ServiceUser.owner(of: directory) else { return }
    try owner.become()
  }

  /// The settings, nothing else: for who must not give up being root. Logs names that are no settings.
  public static func readSettings() throws -> Settings {
    let settings = try Settings.ofProcess()
    Log.level = Log.Level(settings.logLevel)
    if let warning = settings.unknownNamesWarning { Log.warning(warning) }
    return settings
  }

  /// Root gives away no directory that is not EchoChat's, such as /run or /etc: it must hold the database, or nothing of others.
  private static func refuseForeign(_ settings: Settings, _ role: DataDirectoryLock.Role, _ user: ServiceUser) throws {
    for directory in [settings.data] + (role.hasSockets ? [settings.runDirectory] : []) {
      var status = stat()
      guard stat(directory, &status) == 0, status.st_uid == 0, access(directory + "/echochat.db", F_OK) != 0 else { continue }
      guard let foreign = fileNames(in: directory).first(where: { !isOurs($0) }) else { continue }
      throw Unusable(
        description: """
          \(directory) is root's and holds other things than EchoChat's (\(foreign)): name another directory, or give it to the service \
          with `chown \(user.name) \(directory)`
          """)
    }
  }

  /// Whether a program of EchoChat makes a file of this name in the data directory or in that of the sockets, or mkfs does.
  private static func isOurs(_ name: String) -> Bool {
    let name = name.prefix { $0 != "~" }
    return [".restoring", "files", "keys", "last-backup", "lock", "log", "nginx", "run", "lost+found"].contains(name)
      || ["before-restore-", "echochat.", "search.db"].contains { name.hasPrefix($0) } || [".sock", ".pid"].contains { name.hasSuffix($0) }
  }
}

extension DataDirectoryLock.Role {
  /// Whether it serves others at sockets.
  var hasSockets: Bool { self != .command }

  /// The directories that it writes to.
  func directories(_ settings: Settings) -> [(path: String, mode: UInt32)] {
    settings.directories(withSockets: hasSockets, withLogs: self == .serve)
  }
}

extension Log.Level {
  init(_ level: Settings.LogLevel) {
    switch level {
    case .error: self = .error
    case .warning: self = .warning
    case .info: self = .info
    case .debug: self = .debug
    }
  }
}
