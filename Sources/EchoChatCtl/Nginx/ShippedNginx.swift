// Where the shipped nginx configuration and the web page are.
import Glibc
import Posix

struct ShippedNginx {
  /// The directory of the `.conf` files.
  let directory: String
  /// The directory of the web page.
  let html: String

  static let options: [Command.Option] = [
    .init("--nginx", value: "DIR", "Where the shipped nginx configuration is; found from echochatctl's place."),
    .init("--html", value: "DIR", "Where the web page is; html in the nginx directory."),
  ]

  init(_ arguments: Arguments) throws {
    directory = try arguments.value("--nginx").map { try absolutePath($0) } ?? Self.find(from: try Self.programsDirectory())
    html = try arguments.value("--html").map(Self.fromRoot) ?? directory + "/html"
  }

  /// nginx would resolve a relative path from its own prefix. A page that is yet to be installed has its path from the root already.
  private static func fromRoot(_ path: String) throws -> String { path.hasPrefix("/") ? path : try absolutePath(path) }

  /// The directory of this program.
  static func programsDirectory() throws -> String { parent(of: try linkTarget("/proc/self/exe")) }

  /// Finds the shipped configuration in a directory above the program: of the source tree, or in share/echochat of an installation.
  private static func find(from directory: String) throws -> String {
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
