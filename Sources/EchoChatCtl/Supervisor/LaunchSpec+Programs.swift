// How the REST worker, the push daemon and nginx are started.
import Configuration
import Posix

extension LaunchSpec {
  static func rest(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    let log = LogFiles.path(.rest, settings)
    return LaunchSpec(
      path: path, arguments: [], environment: environment(settings, log), input: listeners.rest.number,
      // libfcgi aborts on a descriptor of 1024 or more, which select(2) cannot hold; with this limit there is none.
      openFiles: 1024, log: log)
  }

  static func push(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    let log = LogFiles.path(.push, settings)
    return LaunchSpec(
      path: path, arguments: ["--listen-fd", "\(listenerNumber)"], environment: environment(settings, log), listener: listeners.push.number,
      openFiles: .max, log: log)
  }

  static func nginx(_ path: String, _ settings: Settings, _ listeners: ListeningSockets, _ configuration: NginxConfiguration) -> LaunchSpec
  {
    let file = "\(configuration.directory)/\(NginxConfiguration.main)"
    let log = LogFiles.path(.nginx, settings)
    return LaunchSpec(
      path: path, arguments: ["-p", configuration.directory + "/", "-c", file, "-e", log, "-g", "daemon off;"],
      // This is how an nginx hands its sockets to the next one when its binary is upgraded.
      environment: ["NGINX": "\(listenerNumber);"], listener: listeners.httpNumber,
      openFiles: .max, log: log)
  }

  private static func environment(_ settings: Settings, _ log: String) -> [String: String] {
    // A crash must lead to a restart, not to minutes of symbolizing.
    ["ECHOCHAT_DATA": settings.data, "ECHOCHAT_RUN": settings.runDirectory, "ECHOCHAT_LOG_FILE": log, "SWIFT_BACKTRACE": "enable=no"]
  }
}
