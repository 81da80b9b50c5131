// The user that nginx's workers run as, and what keeps that user from a path.
import Glibc
import Posix

/// Judged by owners, groups and modes. The groups are those of the running workers, if there are any: what was added since counts once nginx
/// has been restarted.
struct NginxUser {
  enum Right {
    /// To connect to a socket.
    case write
    case enter

    var bit: mode_t { self == .write ? 2 : 1 }
  }

  /// What is in the way.
  struct Obstacle {
    let text: String
    /// Whose members may pass; nil if that is nobody.
    let group: String?
    var isMissing = false
  }

  let name: String
  private let user: uid_t
  private let groups: Set<gid_t>

  /// Nil if there is no such user.
  init?(named name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.name = name
    user = entry.pointee.pw_uid
    let group = entry.pointee.pw_gid
    groups = Self.groupsOfWorkers(of: user) ?? Self.groups(of: name, group)
  }

  static func ownerName(of path: String) -> String? {
    var status = stat()
    return stat(path, &status) == 0 ? FileOwner.name(status.st_uid) : nil
  }

  /// Why the user has no right on a path; nil if nothing is in the way.
  func obstacle(on path: String, _ right: Right) -> Obstacle? {
    guard let path = try? absolutePath(path) else { return nil }
    let parts = path.split(separator: "/")
    for count in 0...parts.count {
      let place = "/" + parts.prefix(count).joined(separator: "/")
      if let obstacle = obstacle(at: place, count < parts.count ? .enter : right) { return obstacle }
    }
    return nil
  }

  private func obstacle(at path: String, _ right: Right) -> Obstacle? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let error = Errno(path)
      return Obstacle(text: "\(error)", group: nil, isMissing: error.code == ENOENT)
    }
    guard user != 0 else { return nil }
    let shift: mode_t = status.st_uid == user ? 6 : groups.contains(status.st_gid) ? 3 : 0
    guard status.st_mode >> shift & right.bit == 0 else { return nil }
    let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
    let mode = String(status.st_mode & 0o777, radix: 8)
    let text = "\(path) is closed to it (\(FileOwner.name(status.st_uid)):\(group), mode \(mode))"
    return Obstacle(text: text, group: status.st_mode >> 3 & right.bit != 0 ? group : nil)
  }

  private static func groups(of name: String, _ group: gid_t) -> Set<gid_t> {
    var groups = [gid_t](repeating: 0, count: 256)
    var count = Int32(groups.count)
    guard getgrouplist(name, group, &groups, &count) >= 0 else { return [group] }
    return Set(groups.prefix(Int(count)))
  }

  /// The groups of a running nginx worker; nil if none runs as this user.
  private static func groupsOfWorkers(of user: uid_t) -> Set<gid_t>? {
    for process in fileNames(in: "/proc") where process.allSatisfy(\.isNumber) {
      guard (try? TextFile.read("/proc/\(process)/comm")) == "nginx\n", let status = try? TextFile.read("/proc/\(process)/status") else {
        continue
      }
      func numbers(_ field: String) -> [UInt32] {
        status.split(separator: "\n").first { $0.hasPrefix("\(field):") }?.split { $0 == "\t" || $0 == " " }.compactMap { UInt32($0) } ?? []
      }
      if user != 0, numbers("Uid").first == user { return Set(numbers("Groups") + numbers("Gid").prefix(1)) }
    }
    return nil
  }
}
