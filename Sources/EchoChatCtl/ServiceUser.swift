// The user that a command becomes when root starts it.
import Configuration
import Glibc
import Posix

struct ServiceUser {
  /// Whom root becomes unless `ECHOCHAT_USER` names another user.
  static let usual = "echochat"

  let name: String
  private let user: uid_t
  private let group: gid_t

  /// Nil if the command stays what it is: it is not run by root, or the operator wants root, or there is no user to become.
  static func choose(_ settings: Settings) throws -> ServiceUser? {
    guard geteuid() == 0 else {
      guard let name = settings.user, ServiceUser(named: name)?.user != geteuid() else { return nil }
      throw Failure("ECHOCHAT_USER=\(name): only root can become another user", status: Failure.invalidSetting)
    }
    if let name = settings.user {
      guard let found = ServiceUser(named: name) else {
        throw Failure("ECHOCHAT_USER=\(name): there is no such user", status: Failure.invalidSetting)
      }
      return found.user == 0 ? nil : found
    }
    if let found = ServiceUser(named: usual) { return found }
    Log.warning("everything runs as root: add a user \(usual), whom this command then becomes, or name one in ECHOCHAT_USER")
    return nil
  }

  /// The owner of a directory, if that is not root.
  static func owner(of directory: String) -> ServiceUser? {
    var status = stat()
    guard geteuid() == 0, stat(directory, &status) == 0, status.st_uid != 0, let entry = getpwuid(status.st_uid) else { return nil }
    return ServiceUser(entry)
  }

  private init?(named name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.init(entry)
  }

  private init(_ entry: UnsafeMutablePointer<passwd>) {
    (name, user, group) = (String(cString: entry.pointee.pw_name), entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  /// Makes the user the owner of what root owns in these directories. Files with a second name stay root's: the user may have made that
  /// name in a directory of theirs, for a file that is none of theirs.
  func take(_ directories: [String]) throws(Errno) {
    for directory in directories { try giveTree(directory, user: user, group: group) }
  }

  /// Becomes the user, for good.
  func become() throws(Errno) {
    try check("become \(name): groups") { initgroups(name, group) }
    try check("become \(name): group") { setgid(group) }
    try check("become \(name): user") { setuid(user) }
    precondition(setuid(0) != 0 && getuid() == user && geteuid() == user, "root was not given up")
    // The kernel has taken it back at the change of user.
    Process.protect()
  }
}
