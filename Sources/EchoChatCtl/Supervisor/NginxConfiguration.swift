// nginx's configuration under `serve`: the shipped files with other paths, so that what is tested is what is shipped.
import Configuration
import Domain
import Glibc
import HTTPSyntax
import Posix

struct NginxConfiguration {
  /// nginx's prefix: the rendered files, its pid file and its temporary files.
  let directory: String
  private let source: String
  private let changes: [(shipped: String, run: String)]
  /// Lines with one of these words are left out, since their limit is off.
  private let omittedMarkers: [String]

  static let main = "run.conf"
  private static let files = [main, "echochat-http.conf", "echochat-server.conf"]

  private static let signInMarker = "# sign-in rate"
  private static let connectionsMarker = "# connections per address"

  init(source: String, html: String, settings: Settings) throws {
    // nginx interprets these even inside quotes; a line break would end a directive.
    for path in [settings.data, settings.runDirectory, html] where path.contains(where: { "\"\\$".contains($0) || $0.isNewline }) {
      throw Failure("\(path): nginx cannot use a path with a quote, a backslash, a dollar or a line break", status: Failure.invalidSetting)
    }
    self.source = source
    directory = settings.data + "/nginx"
    omittedMarkers =
      (settings.signInRateLimited ? [] : [Self.signInMarker])
      + (settings.connectionsPerAddress == nil ? [Self.connectionsMarker] : [])
    let connections = settings.connectionsPerAddress ?? 64
    changes = [
      ("127.0.0.1:8080", "127.0.0.1:\(settings.port)"),
      ("/run/echochat/", settings.runDirectory + "/"),
      ("/usr/share/echochat/html", html),
      ("/var/lib/echochat/files/", settings.filesDirectory + "/"),
      ("client_max_body_size    26279936;", "client_max_body_size    \(settings.files.limits.fileBytesMax + 65_536);"),
      ("at most 26214400 bytes", "at most \(settings.files.limits.fileBytesMax) bytes"),
      ("/var/log/nginx/", settings.logDirectory + "/"),
      ("echochat_requests 64;", "echochat_requests \(connections);"),
      ("echochat_websockets 64;", "echochat_websockets \(connections);"),
      ("At most 64 connections", "At most \(connections) connections"),
      ("q=64", "q=\(connections)"),
      ("    # \"https://app.example.org\" $http_origin;", Self.originLines(settings.origins)),
      ("    # allow 192.0.2.7;", settings.metricsFrom.map { "    allow \($0.text);" }.joined(separator: "\n")),
      ("keepalive 16;", Self.keepalive(threads: settings.restThreads)),
      // Workers of an nginx run by root become www-data, which cannot reach sockets and the page below /root.
      ("# user root;", geteuid() == 0 ? "user root;" : "# not root: workers run as the user who started nginx"),
    ]
  }

  /// Reads the shipped files and writes the changed ones. Throws if a text to be changed is missing.
  func render() throws {
    for path in [directory, directory + "/temp"] where mkdir(path, 0o700) != 0 && errno != EEXIST { throw Errno("mkdir \(path)") }
    var missing = Set(changes.map(\.shipped))
    for file in Self.files {
      var text = try TextFile.read("\(source)/\(file)")
      for (shipped, run) in changes where text.contains(shipped) {
        missing.remove(shipped)
        text = text.replacing(shipped, with: run)
      }
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      lines.removeAll { line in omittedMarkers.contains { line.contains($0) } }
      try TextFile.write(lines.joined(separator: "\n"), to: "\(directory)/\(file)")
    }
    guard missing.isEmpty else { throw Failure("\(source): the configuration no longer says \(missing.sorted())") }
  }

  /// The lines of the map of origins, without any that nginx would interpret: no host has such a name.
  private static func originLines(_ origins: [Origin]) -> String {
    origins.map(\.text).filter { !$0.contains { "\"\\$".contains($0) } }.map { "    \"\($0)\" $http_origin;" }.joined(separator: "\n")
  }

  /// A kept connection occupies a thread of the REST worker: both nginx workers together may keep half the threads at most.
  private static func keepalive(threads: Int) -> String {
    let kept = min(16, threads / 4)
    return kept > 0 ? "keepalive \(kept);" : "# too few REST threads to keep connections"
  }
}
