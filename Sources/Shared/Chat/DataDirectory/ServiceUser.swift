// The user that a program becomes when root starts it, so that whatever it makes is the service's.
import Configuration
import Glibc
import Posix

struct ServiceUser {
  /// Whom root becomes where nothing says otherwise.
  static let usual = "echochat"

  let name: String
  private let user: uid_t
  /// Of what is made: that of the directory, where that has one, since nginx may be in it, or be it.
  private var group: gid_t
  /// The account's own.
  private let ownGroup: gid_t
  /// False for the owner of a directory whom no account names, as in a container.
  private var hasAccount = true

  /// Nil if the program stays what it is: it is not run by root, or is to stay root, or there is no user to become. A program that serves
  /// obeys `ECHOCHAT_USER`; otherwise the owner of the data directory is whom its files must belong to; of one that is to be made, the owner
  /// of the directory around it. `isMade`: the directory is made if it is missing, and given away if it is root's.
  static func choose(_ settings: Settings, as role: DataDirectoryLock.Role, isMade: Bool) throws -> ServiceUser? {
    guard geteuid() == 0 else {
      guard let name = settings.user, ServiceUser(named: name)?.user != geteuid() else { return nil }
      throw Settings.Invalid("ECHOCHAT_USER=\(name): only root can become another user")
    }
    let named = try settings.user.map { name in
      guard let found = ServiceUser(named: name) else { throw Settings.Invalid("ECHOCHAT_USER=\(name): there is no such user") }
      return found
    }
    if let named, role != .command { return named.user == 0 ? nil : named }
    if let owner = owner(of: settings.data) { return owner }
    guard isMade else { return nil }
    if let named { return named.user == 0 ? nil : named }
    if access(settings.data, F_OK) != 0, let owner = owner(of: nearestDirectory(above: settings.data)) { return owner }
    if let found = ServiceUser(named: usual) { return found }
    Log.warning("this runs as root: add a user \(usual), whom root then becomes, or name one in ECHOCHAT_USER")
    return nil
  }

  /// The owner of a directory, if that is not root.
  static func owner(of directory: String) -> ServiceUser? {
    var status = stat()
    guard stat(directory, &status) == 0, status.st_uid != 0 else { return nil }
    guard let entry = getpwuid(status.st_uid) else {
      return ServiceUser(name: "\(status.st_uid)", user: status.st_uid, group: status.st_gid, hasAccount: false)
    }
    var owner = ServiceUser(entry)
    if status.st_gid != 0 { owner.group = status.st_gid }
    return owner
  }

  /// The first directory above a path that is there.
  private static func nearestDirectory(above path: String) -> String {
    var above = path[...]
    while let slash = above.lastIndex(of: "/") {
      above = above[..<slash]
      if above.isEmpty { return "/" }
      if access(String(above), F_OK) == 0 { return String(above) }
    }
    return "."
  }

  private init(name: String, user: uid_t, group: gid_t, hasAccount: Bool) {
    (self.name, self.user, self.group, ownGroup, self.hasAccount) = (name, user, group, group, hasAccount)
  }

  private init?(named name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.init(entry)
  }

  private init(_ entry: UnsafeMutablePointer<passwd>) {
    (name, user, group) = (String(cString: entry.pointee.pw_name), entry.pointee.pw_uid, entry.pointee.pw_gid)
    ownGroup = group
  }

  /// Makes the user the owner of what root owns in these directories. Files with a second name stay root's: the user may have made that
  /// name in a directory of theirs, for a file that is none of theirs.
  func take(_ directories: [String]) throws(Errno) {
    for directory in directories { try giveTree(directory, user: user, group: group) }
  }

  /// Makes the user the owner of the log that this program writes, which they are to open anew.
  func takeLog() {
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == 0, status.st_nlink == 1 else { return }
    fchown(STDERR_FILENO, user, group)
  }

  /// Becomes the user, for good.
  func become() throws(Errno) {
    try check("become \(name): groups") { hasAccount ? initgroups(name, ownGroup) : setgroups(1, [group]) }
    try check("become \(name): group") { setgid(group) }
    try check("become \(name): user") { setuid(user) }
    precondition(setuid(0) != 0 && getuid() == user && geteuid() == user, "root was not given up")
    // The kernel has taken it back at the change of user.
    Process.protect()
  }

  /// The name of the user that this process runs as.
  static var currentName: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())" }
}
