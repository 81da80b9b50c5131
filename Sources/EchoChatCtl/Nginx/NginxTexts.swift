// The shipped nginx configuration while it is changed for a site: names, path, places, limits.
import Configuration
import Domain
import Glibc
import HTTPSyntax
import Posix

/// The shipped files are the only template: what is tested, printed and installed are they. Change names first, then the path, then the rest:
/// what the settings fill in may look like a name.
struct NginxTexts {
  static let http = "echochat-http.conf"
  static let server = "echochat-server.conf"

  private let source: String
  /// The text of each file, by its name.
  private(set) var texts: [String: String] = [:]
  /// What names in the files begin with.
  private var names = "echochat_"

  init(source: String, files: [String]) throws {
    self.source = source
    for file in files { texts[file] = try TextFile.read("\(source)/\(file)") }
  }

  /// Replaces a text wherever it is. Throws if it is in no file: then the shipped configuration has changed, and this program has not.
  mutating func replace(_ shipped: String, with text: String) throws {
    var isFound = false
    for (file, old) in texts where old.contains(shipped) {
      isFound = true
      texts[file] = old.replacing(shipped, with: text)
    }
    guard isFound else { throw Failure("\(source): the configuration no longer says \"\(shipped)\"") }
  }

  /// Leaves out the lines that end with a comment.
  mutating func removeLines(endingIn comment: String) throws {
    try replace(comment, with: comment)
    for (file, text) in texts {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      texts[file] = lines.filter { !$0.hasSuffix(comment) }.joined(separator: "\n")
    }
  }
}

extension NginxTexts {
  /// Gives every name that nginx knows once (upstreams, zones, variables, the log format) and the logs that of the site.
  mutating func rename(for site: InstanceName) throws {
    let shared = "echochat_\(site.identifier)"
    // Two of them: no other name begins so, whatever the names of the other sites.
    try replace(names, with: shared + "__")
    names = shared + "__"
    for (shipped, name) in [
      ("log_format echochat ", "log_format \(shared) "), ("access.log\" echochat;", "access.log\" \(shared);"),
      ("/var/log/nginx/echochat-", "/var/log/nginx/echochat-\(site.text)-"),
    ] { try replace(shipped, with: name) }
  }

  /// Serves the site below a path of a server that serves other things, too: everything is inside one location, and nginx takes the path away
  /// before the programs see it.
  mutating func move(below path: SitePath) throws {
    let path = path.text
    for (shipped, moved) in [
      ("\nlocation /", "\nlocation \(path)/"), ("\nlocation = /", "\nlocation = \(path)/"), ("\nlocation ~ ^/", "\nlocation ~ ^\(path)/"),
      (" /echochat-problem;", " \(path)/echochat-problem;"), ("\"~^[A-Z]+ /api/", "\"~^[A-Z]+ \(path)/api/"),
      ("\"DELETE /api/", "\"DELETE \(path)/api/"), ("\"~^/api/", "\"~^\(path)/api/"), (") /api/", ") \(path)/api/"),
      (" /echochat-repeatable last;", " \(path)/echochat-repeatable last;"), ("\"~^keyed /api/", "\"~^keyed \(path)/api/"),
      ("\"~^4.. /api/", "\"~^4.. \(path)/api/"), ("\"~^405 /api/", "\"~^405 \(path)/api/"),
      (
        "fastcgi_param REQUEST_URI    $request_uri;",
        "fastcgi_param REQUEST_URI    $\(names)target;\nfastcgi_param ECHOCHAT_PATH  \"\(path)\";"
      ),
      (
        "    proxy_pass http://\(names)push;",
        "    rewrite ^\(path)(/.*)\\z $1 break;\n    proxy_pass http://\(names)push;"
      ),
    ] { try replace(shipped, with: moved) }
    try removeLines(endingIn: "# whole server")
    texts[Self.http, default: ""] += """

      # The requested path and query below \(path)/, undecoded, as the programs see it.
      map $request_uri $\(names)target {
          default "$request_uri";
          "~^\(path)(?<\(names)below>/.*)$" "$\(names)below";
      }

      """
    let lines = texts[Self.server, default: ""].split(separator: "\n", omittingEmptySubsequences: false)
    let inner = lines.map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
    texts[Self.server] =
      "location = \(path) {\n    absolute_redirect off;\n    return 301 \(path)/;\n}\nlocation ^~ \(path)/ {\n\(inner)}\n"
  }

  /// Fills in what the settings say. `workers`: the processes of nginx; `logs`: the directory of its logs, nil if they are in no file.
  mutating func fill(_ settings: Settings, html: String, logs: String?, workers: Int) throws {
    // nginx interprets these even inside quotes; a line break would end a directive.
    for path in [settings.filesDirectory, settings.runDirectory, html, logs ?? ""]
    where path.contains(where: { "\"\\$".contains($0) || $0.isNewline }) {
      throw Failure("\(path): nginx cannot use a path with a quote, a backslash, a dollar or a line break", status: Failure.invalidSetting)
    }
    let connections = settings.connectionsPerAddress ?? 64
    for (shipped, text) in [
      ("client_max_body_size    26279936;", "client_max_body_size    \(settings.files.limits.fileBytesMax + 65_536);"),
      ("at most 26214400 bytes", "at most \(settings.files.limits.fileBytesMax) bytes"),
      ("\(names)requests 64;", "\(names)requests \(connections);"),
      ("\(names)websockets 64;", "\(names)websockets \(connections);"),
      ("At most 64 connections", "At most \(connections) connections"),
      ("q=64", "q=\(connections)"),
      ("keepalive 16;", Self.keepalive(threads: settings.restThreads, workers: workers)),
      ("/run/echochat/", settings.runDirectory + "/"),
      ("/usr/share/echochat/html", html),
      ("/var/lib/echochat/files/", settings.filesDirectory + "/"),
    ] { try replace(shipped, with: text) }
    if let logs { try replace("/var/log/nginx/", with: logs) }
    if !settings.origins.isEmpty {
      try replace("    # \"https://app.example.org\" $http_origin;", with: Self.originLines(settings.origins))
    }
    if !settings.metricsFrom.isEmpty {
      try replace("    # allow 192.0.2.7;", with: settings.metricsFrom.map { "    allow \($0.text);" }.joined(separator: "\n"))
    }
    if !settings.signInRateLimited { try removeLines(endingIn: "# sign-in rate") }
    if settings.connectionsPerAddress == nil { try removeLines(endingIn: "# connections per address") }
  }

  /// The lines of the map of origins, without any that nginx would interpret: no host has such a name.
  private static func originLines(_ origins: [Origin]) -> String {
    origins.map(\.text).filter { !$0.contains { "\"\\$".contains($0) } }.map { "    \"\($0)\" $http_origin;" }.joined(separator: "\n")
  }

  /// A kept connection occupies a thread of the REST worker: all of nginx's processes together may keep half the threads at most.
  private static func keepalive(threads: Int, workers: Int) -> String {
    let kept = min(16, threads / (2 * workers))
    return kept > 0 ? "keepalive \(kept);" : "# too few REST threads to keep connections"
  }
}
