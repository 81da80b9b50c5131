// `echochatctl nginx`: the two files that an operator includes, for this machine and one site on it.
import Chat
import Configuration
import Glibc
import Posix

enum NginxCommand {
  static let command = Command(
    "nginx",
    options: [
      .init("--name", value: "NAME", "For one of several sites: sockets in /run/echochat-NAME, data in /var/lib/echochat-NAME."),
      .init("--prefix", value: "PATH", "Serves the site below a path, such as /chat/; that of ECHOCHAT_PUBLIC_URL."),
      .init("--workers", value: "N", "The processes that nginx has; as many as this machine has processors."),
      .init("--output", value: "DIR", "Writes the files into this directory instead of printing them."),
    ] + ShippedNginx.options,
    text: """
      Prints echochat-http.conf, to be included in http { }, and echochat-server.conf, for the server { } of the site, with the settings' \
      limits and places. Without ECHOCHAT_RUN and ECHOCHAT_DATA these are /run/echochat and /var/lib/echochat.
      """
  ) { arguments in
    let files = try files(arguments)
    guard let directory = arguments.value("--output") else {
      for file in files { Output.print("# ---- \(file.name) ----\n\(file.text)") }
      return
    }
    for file in files {
      let path = "\(directory)/\(file.name)"
      try TextFile.write(file.text, to: path)
      // Nothing in it is secret, and tools of other users read it.
      guard chmod(path, 0o644) == 0 else { throw Errno("chmod \(path)") }
      Output.print("\(path)\n")
    }
  }

  /// A further site has a settings file of its own, or none.
  private static func settings(of name: InstanceName?) throws -> Settings {
    if let name, Process.environment()["ECHOCHAT_CONFIG"] == nil {
      let file = "/etc/echochat/\(name.text).conf"
      setenv("ECHOCHAT_CONFIG", access(file, F_OK) == 0 ? file : "/dev/null", 1)
    }
    return try ProgramStart.readSettings()
  }

  /// More than any nginx has; beyond it nothing changes.
  private static let workersMax: Int64 = 4096

  private static func files(_ arguments: Arguments) throws -> [(name: String, text: String)] {
    let name = try arguments.value("--name").map { text in
      guard let name = InstanceName(text) else {
        throw Failure("--name \(text): wanted \(InstanceName.wanted)", status: Failure.wrongUsage)
      }
      return name
    }
    var settings = try settings(of: name)
    let environment = Process.environment()  // with what the file says
    let site = "echochat" + (name.map { "-\($0.text)" } ?? "")
    settings.data = try place("ECHOCHAT_DATA", environment) ?? "/var/lib/\(site)"
    settings.run = try place("ECHOCHAT_RUN", environment) ?? "/run/\(site)"
    let path = try path(arguments, settings)
    let processors = Int64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let workers = min(try arguments.number(option: "--workers") ?? processors, workersMax)
    let shipped = try ShippedNginx(arguments)
    var texts = try NginxTexts(source: shipped.directory, files: [NginxTexts.http, NginxTexts.server])
    if let name { try texts.rename(for: name) }
    if path != .root { try texts.move(below: path) }
    try texts.fill(settings, html: shipped.html, logs: "/var/log/nginx/", workers: Int(workers))
    let command = "echochatctl nginx" + (name.map { " --name \($0.text)" } ?? "") + (path == .root ? "" : " --prefix \(path.text)/")
    let head = "# Made by `\(command)`, and to be made again after a change of settings and after an update.\n"
    return [("http", NginxTexts.http), ("server", NginxTexts.server)].map { part, file in
      ("\(site)-\(part).conf", head + (texts.texts[file] ?? ""))
    }
  }

  /// The value of a setting that nginx needs from the root.
  private static func place(_ setting: String, _ environment: [String: String]) throws -> String? {
    guard let text = environment[setting], !text.isEmpty else { return nil }
    guard text.hasPrefix("/") else {
      throw Failure("\(setting)=\(text): nginx needs the path from the root", status: Failure.invalidSetting)
    }
    return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private static func path(_ arguments: Arguments, _ settings: Settings) throws -> SitePath {
    guard let text = arguments.value("--prefix") else { return settings.publicPath }
    guard text.hasPrefix("/"), let path = SitePath(text) else {
      throw Failure("--prefix \(text): wanted \(SitePath.wanted)", status: Failure.wrongUsage)
    }
    guard settings.publicURL == nil || settings.publicPath == path else {
      throw Failure(
        "--prefix \(text): ECHOCHAT_PUBLIC_URL=\(settings.siteURL) says another path, and the links of mails would lead there",
        status: Failure.wrongUsage)
    }
    return path
  }
}
