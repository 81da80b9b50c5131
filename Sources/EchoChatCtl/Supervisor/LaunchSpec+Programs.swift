// How the REST worker, the push daemon, the outbound program and nginx are started.
import Configuration
import Glibc
import Posix

extension LaunchSpec {
  static func rest(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    let log = LogFiles.path(.rest, settings)
    return LaunchSpec(
      path: path, arguments: [], environment: environment(settings, log), omittedNames: settings.unknownNames, input: listeners.rest.number,
      // libfcgi aborts on a descriptor of 1024 or more, which select(2) cannot hold; with this limit there is none.
      openFiles: 1024, log: log)
  }

  static func push(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    let log = LogFiles.path(.push, settings)
    return LaunchSpec(
      path: path, arguments: ["--listen-fd", "\(listenerNumber)"], environment: environment(settings, log),
      omittedNames: settings.unknownNames, listeners: [listeners.push.number],
      openFiles: .max, log: log)
  }

  static func outbound(_ path: String, _ settings: Settings) -> LaunchSpec {
    let log = LogFiles.path(.outbound, settings)
    return LaunchSpec(
      path: path, arguments: [], environment: environment(settings, log), omittedNames: settings.unknownNames, openFiles: 1024, log: log)
  }

  static func nginx(_ path: String, _ settings: Settings, _ listeners: ListeningSockets, _ configuration: NginxConfiguration) -> LaunchSpec
  {
    let file = "\(configuration.directory)/\(NginxConfiguration.main)"
    let log = LogFiles.path(.nginx, settings)
    return LaunchSpec(
      path: path, arguments: ["-p", configuration.directory + "/", "-c", file, "-e", log ?? "stderr", "-g", "daemon off;"],
      // This is how an nginx hands its sockets to the next one when its binary is upgraded.
      environment: ["NGINX": listeners.http.numbers.indices.map { "\(listenerNumber + Int32($0));" }.joined()],
      // It may have a password in it.
      omittedNames: ["ECHOCHAT_SMTP_URL"], listeners: listeners.http.numbers,
      openFiles: .max, log: log)
  }

  private static func environment(_ settings: Settings, _ log: String?) -> [String: String] {
    var environment = [
      "ECHOCHAT_DATA": settings.data, "ECHOCHAT_RUN": settings.runDirectory, "ECHOCHAT_LOG_FILE": log ?? "",
      // A crash must lead to a restart, not to minutes of symbolizing.
      "SWIFT_BACKTRACE": "enable=no",
      // What is in the supervisor's file is in its environment; root's file may be closed to them.
      "ECHOCHAT_CONFIG": "/dev/null",
    ]
    // Whom root becomes was decided, and said, by the supervisor.
    if geteuid() == 0 { environment["ECHOCHAT_USER"] = "root" }
    return environment
  }
}
