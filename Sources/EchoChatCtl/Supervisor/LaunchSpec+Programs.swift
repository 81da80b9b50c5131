// How the REST worker, the push daemon and nginx are started.
import Configuration
import Posix

extension LaunchSpec {
  static func rest(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    LaunchSpec(
      path: path, arguments: [], environment: environment(settings), input: listeners.rest.number,
      // libfcgi aborts on a descriptor of 1024 or more, which select(2) cannot hold; with this limit there is none.
      openFiles: 1024, log: settings.logDirectory + "/rest.log")
  }

  static func push(_ path: String, _ settings: Settings, _ listeners: ListeningSockets) -> LaunchSpec {
    LaunchSpec(
      path: path, arguments: ["--listen-fd", "\(listenerNumber)"], environment: environment(settings), listener: listeners.push.number,
      openFiles: .max, log: settings.logDirectory + "/push.log")
  }

  static func nginx(_ path: String, _ settings: Settings, _ listeners: ListeningSockets, _ configuration: NginxConfiguration) -> LaunchSpec
  {
    let file = "\(configuration.directory)/\(NginxConfiguration.main)"
    return LaunchSpec(
      path: path, arguments: ["-p", configuration.directory + "/", "-c", file, "-e", "stderr", "-g", "daemon off;"],
      // This is how an nginx hands its sockets to the next one when its binary is upgraded.
      environment: ["NGINX": "\(listenerNumber);"], listener: listeners.httpNumber,
      openFiles: .max, log: settings.logDirectory + "/nginx.log")
  }

  private static func environment(_ settings: Settings) -> [String: String] {
    // A crash must lead to a restart, not to minutes of symbolizing.
    ["ECHOCHAT_DATA": settings.data, "ECHOCHAT_RUN": settings.runDirectory, "SWIFT_BACKTRACE": "enable=no"]
  }
}
