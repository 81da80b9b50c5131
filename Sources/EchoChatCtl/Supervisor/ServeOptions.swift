// The options of `serve`: where the programs, the nginx configuration and the web page are.
import Glibc
import Posix

struct ServeOptions {
  let programs: String
  let nginx: String
  let html: String

  init(_ arguments: Arguments) throws {
    // nginx would resolve a relative path from its own prefix.
    func given(_ option: String) throws -> String? { try arguments.value(option).map { try absolutePath($0) } }
    let home = Self.parent(of: try Self.linkTarget("/proc/self/exe"))
    programs = try given("--programs") ?? home
    nginx = try given("--nginx") ?? Self.findNginx(from: home)
    html = try given("--html") ?? nginx + "/html"
  }

  /// Finds the shipped configuration in a directory above the program: of the source tree, or in share/echochat of an installation.
  private static func findNginx(from directory: String) throws -> String {
    var above = directory
    while true {
      for candidate in [above + "/nginx", above + "/share/echochat/nginx"] where access(candidate + "/run.conf", R_OK) == 0 {
        return candidate
      }
      if above.isEmpty { throw Failure("no nginx/run.conf is found above \(directory): name its directory with --nginx", status: 64) }
      above = parent(of: above)
    }
  }

  /// The target of a link in /proc.
  static func linkTarget(_ path: String) throws -> String {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    guard count > 0 else { throw Failure("cannot read \(path)") }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func parent(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
}
