// `echochatctl serve`: runs all programs on one data directory, in the foreground.
import Chat
import Configuration
import Glibc
import Posix
import Store

enum Serve {
  static let command = Command(
    "serve",
    options: [
      .init("--programs", value: "DIR", "Where the other programs are; beside echochatctl.")
    ] + ShippedNginx.options,
    text: """
      Runs nginx, REST worker, push daemon and, if mail is on, echochat-outbound, until SIGTERM or Ctrl-C; SIGHUP restarts them, SIGUSR1 \
      opens their logs anew.
      """
  ) { try run(try ServeOptions($0)) }

  /// Returns when it was asked to stop and every program has stopped. Throws errors for the operator.
  static func run(_ options: ServeOptions) throws {
    Signals.blockTermination()
    // If SIGCHLD were inherited as ignored, the kernel would reap our children and we would not learn their exit status.
    signal(SIGCHLD, SIG_DFL)
    // Our parent may have left descriptors open, as make does with those of its job server: no child inherits them.
    for number in Int32(3)..<1024 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    var http: HTTPListeners?
    // Only root may have a port below 1024.
    let settings = try ProgramStart.makeDirectories(for: .serve) { http = try HTTPListeners($0) }
    let rest = try executable(options.programs + "/echochat-rest")
    let push = try executable(options.programs + "/echochat-push")
    let outbound = try settings.mailServer().map { _ in try executable(options.programs + "/echochat-outbound") }
    if outbound == nil { Log.info("mail is off: ECHOCHAT_SMTP_URL is not set") }
    let nginx = try findNginx()
    let directory = try DataDirectoryAccess(settings, as: .serve) {
      for (name, program) in [("nginx", "nginx"), ("rest", "echochat-rest"), ("push", "echochat-push"), ("outbound", "echochat-outbound")] {
        OrphanCleanup.end(name, program: program, settings: settings)
      }
    }
    // Of two programs that end at the same moment neither closes the database last.
    defer { directory.settle() }
    if directory.schemaBefore != Migrator.version { Log.info("schema \(directory.schemaBefore) -> \(Migrator.version)") }
    let listeners = try ListeningSockets(settings, http: try http ?? HTTPListeners(settings))
    let configuration = NginxConfiguration(options.nginx, settings: settings, listen: listeners.http.addresses)
    let supervisor = Supervisor(
      settings: settings, configuration: configuration, listeners: listeners, rest: .rest(rest, settings, listeners),
      push: .push(push, settings, listeners), outbound: outbound.map { .outbound($0, settings) },
      nginx: .nginx(nginx, settings, listeners, configuration))
    try supervisor.run()
  }

  private static func executable(_ path: String) throws -> String {
    guard access(path, X_OK) == 0 else { throw Failure("\(Errno(path)): build it, or name its directory with --programs") }
    return path
  }

  /// An ordinary user's PATH may lack the directories of administrators' programs.
  private static func findNginx() throws -> String {
    let directories = (Process.environment()["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
    guard let found = directories.map({ $0 + "/nginx" }).first(where: { access($0, X_OK) == 0 }) else {
      throw Failure("nginx is not installed: apt-get install nginx")
    }
    return found
  }
}
