// nginx's configuration under `serve`: the shipped files with other paths, so that what is tested is what is shipped.
import Configuration
import Glibc
import HTTPSyntax
import Posix

struct NginxConfiguration {
  static let main = "run.conf"
  /// As run.conf has it: `auto` could be more than the REST threads bear.
  private static let workers = 2

  /// nginx's prefix: the rendered files, its pid file and its temporary files.
  let directory: String
  private let shipped: ShippedNginx
  private let settings: Settings
  private let listen: [SocketAddress]

  /// `listen`: where the sockets are that nginx takes over.
  init(_ shipped: ShippedNginx, settings: Settings, listen: [SocketAddress]) {
    self.shipped = shipped
    self.listen = listen
    self.settings = settings
    directory = settings.data + "/nginx"
  }

  /// Reads the shipped files and writes the changed ones. Throws if a text to be changed is missing.
  func render() throws {
    for path in [directory, directory + "/temp"] where mkdir(path, 0o700) != 0 && errno != EEXIST { throw Errno("mkdir \(path)") }
    var texts = try NginxTexts(source: shipped.directory, files: [Self.main, NginxTexts.http, NginxTexts.server])
    let lines = listen.map { "        listen \($0) backlog=4096;\n" }.joined()
    try texts.replace("        listen 127.0.0.1:8080 backlog=4096;\n", with: lines)
    if !settings.proxies.isEmpty {
      // The last address that no proxy of ours has: what is before it a client may have made up.
      let trusted = settings.proxies.map { "        set_real_ip_from \($0.text);\n" }.joined()
      let proxied = trusted + "        real_ip_header X-Forwarded-For;\n        real_ip_recursive on;\n"
      try texts.replace("        # set_real_ip_from 192.0.2.1;\n", with: proxied)
    }
    // Workers of an nginx run by root become www-data, which cannot reach sockets and the page below /root.
    try texts.replace("# user root;", with: geteuid() == 0 ? "user root;" : "# not root: workers run as the user who started nginx")
    if !settings.logsToFiles {
      for (file, output) in [("nginx", "stderr"), ("echochat-error", "stderr"), ("echochat-access", "/dev/stdout")] {
        try texts.replace("\"/var/log/nginx/\(file).log\"", with: output)
      }
    }
    try texts.fill(settings, html: shipped.html, logs: settings.logsToFiles ? settings.logDirectory + "/" : nil, workers: Self.workers)
    for (file, text) in texts.texts { try TextFile.write(text, to: "\(directory)/\(file)") }
  }
}
