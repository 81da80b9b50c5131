// The directives of nginx's configuration files that matter to EchoChat.
import Glibc
import Posix

/// Reads words; includes are followed only as far as Debian's files go.
struct NginxFiles {
  let directory: String
  /// The file with `events { }`.
  let main: String
  private let words: [String: [[Substring]]]

  init(directory: String) {
    self.directory = directory
    main = ["run.conf", "nginx.conf"].map { "\(directory)/\($0)" }.first { access($0, R_OK) == 0 } ?? "\(directory)/nginx.conf"
    var paths = [main, "\(directory)/echochat-http.conf", "\(directory)/echochat-server.conf"]
    for folder in ["conf.d", "sites-enabled"] {
      paths += fileNames(in: "\(directory)/\(folder)").sorted().map { "\(directory)/\(folder)/\($0)" }
    }
    var words: [String: [[Substring]]] = [:]
    for path in paths {
      if let text = try? TextFile.read(path) { words[path] = Self.directives(text) }
    }
    self.words = words
  }

  var isThere: Bool { words[main] != nil }

  /// Processes; `auto` is one for each processor.
  var workers: Int {
    guard let value = first("worker_processes", in: main) else { return 1 }
    return UInt16(value).map(Int.init) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Of each process; 512 is what nginx takes by itself.
  var workerConnections: Int { first("worker_connections", in: main).flatMap { UInt32($0) }.map(Int.init) ?? 512 }

  /// Connections to the REST worker that each process keeps; nil if none are kept, or the file is elsewhere.
  var keepalive: Int? { first("keepalive", in: "\(directory)/echochat-http.conf").flatMap { Int($0) } }

  /// The files of certificates.
  var certificates: [String] {
    let named = words.values.joined().filter { $0.count == 2 && $0[0] == "ssl_certificate" && !$0[1].contains("$") }
    return Set(named.map { $0[1].hasPrefix("/") ? String($0[1]) : "\(directory)/\($0[1])" }).sorted()
  }

  private func first(_ name: String, in path: String) -> Substring? {
    words[path]?.first { $0.count > 1 && $0[0] == name }?[1]
  }

  /// Directives with their values, those in blocks and those around them alike; without comments and quotes.
  static func directives(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: " ").split { ";{}".contains($0) }.map { directive in
      directive.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" }
    }
  }
}
