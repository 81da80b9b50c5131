// The logs of the programs and of nginx: bounded in size, and opened anew after they were renamed.
import Configuration
import Glibc

struct LogFiles {
  /// The files in the log directory.
  enum Name: String, CaseIterable {
    case rest = "rest.log"
    case push = "push.log"
    case outbound = "outbound.log"
    case nginx = "nginx.log"
    case access = "echochat-access.log"
    case siteErrors = "echochat-error.log"
  }

  /// Old files of each name: NAME.1 is the newest.
  static let kept = 4

  private let paths: [String]
  private let bytesMax: Int64

  init(_ settings: Settings) {
    paths = settings.logsToFiles ? Name.allCases.map { "\(settings.logDirectory)/\($0.rawValue)" } : []
    bytesMax = settings.logBytesMax
  }

  /// Nil: the program has our own output.
  static func path(_ name: Name, _ settings: Settings) -> String? {
    settings.logsToFiles ? "\(settings.logDirectory)/\(name.rawValue)" : nil
  }

  /// Renames the logs that have grown beyond their bound, and removes the oldest of each. True if there were any: until the programs open
  /// their logs anew, they write to the renamed ones.
  func rotate() -> Bool {
    let grown = paths.filter { path in
      var status = stat()
      return lstat(path, &status) == 0 && Int64(status.st_size) > bytesMax
    }
    for path in grown {
      for number in stride(from: Self.kept, to: 1, by: -1) { rename("\(path).\(number - 1)", "\(path).\(number)") }
      rename(path, "\(path).1")
    }
    return !grown.isEmpty
  }
}
