// The directives of nginx's configuration files that matter to EchoChat.
import Glibc
import Posix

/// Reads words; includes are followed only as far as Debian's files go. Several sites may be in one nginx: what concerns this one is found by
/// its socket and its host.
struct NginxFiles {
  let directory: String
  /// The file with `events { }`.
  let main: String
  private let words: [String: [[Substring]]]
  private let socket: String
  private let host: String?

  /// `socket`: the path of the site's REST socket. `host`: the site's, nil if it is not known.
  init(directory: String, socket: String, host: String?) {
    self.directory = directory
    self.socket = socket
    self.host = host
    main = ["run.conf", "nginx.conf"].map { "\(directory)/\($0)" }.first { access($0, R_OK) == 0 } ?? "\(directory)/nginx.conf"
    var paths = [main]
    let includes = fileNames(in: directory).filter { $0.hasPrefix("echochat-") && $0.hasSuffix(".conf") }
    paths += includes.sorted().map { "\(directory)/\($0)" }
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

  /// The file with the site's upstream, and the connections to the REST worker that each process keeps; nil if none are kept, or the file is
  /// elsewhere.
  var keepalive: (file: String, connections: Int)? {
    let file = words.keys.sorted().first { file in
      words[file]?.contains { $0.count > 1 && $0[0] == "server" && $0[1] == "unix:\(socket)" } ?? false
    }
    guard let file, let connections = first("keepalive", in: file).flatMap({ Int($0) }) else { return nil }
    return (file, connections)
  }

  /// The files of the site's certificates: those in files that name its host, or all if none does.
  var certificates: [String] {
    let own = words.values.filter { directives in
      directives.contains { $0[0] == "server_name" && $0.dropFirst().contains { String($0) == host } }
    }
    let named = (own.isEmpty ? Array(words.values) : own).joined().filter {
      $0.count == 2 && $0[0] == "ssl_certificate" && !$0[1].contains("$")
    }
    return Set(named.map { $0[1].hasPrefix("/") ? String($0[1]) : "\(directory)/\($0[1])" }).sorted()
  }

  private func first(_ name: String, in path: String) -> Substring? {
    words[path]?.first { $0.count > 1 && $0[0] == name }?[1]
  }

  /// Directives with their values, those in blocks and those around them alike; without comments and quotes.
  static func directives(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: " ").split { ";{}".contains($0) }.map { directive in
      directive.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" }
    }.filter { !$0.isEmpty }
  }
}
