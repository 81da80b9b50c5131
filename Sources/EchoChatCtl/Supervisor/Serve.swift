// `echochatctl serve`: everything on one data directory, in the foreground.
import Glibc
import Posix
import Store

enum Serve {
  /// Returns when it has been asked to stop and all has stopped. Throws what the operator must mend.
  static func run(_ options: ServeOptions) throws {
    Signals.blockTermination()
    // Inherited as ignored, it would make the kernel bury our children before we hear how they died.
    signal(SIGCHLD, SIG_DFL)
    // Whoever started us may have left descriptors open, as make does with those of its job server: no child gets them.
    for number in Int32(3)..<1024 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    let settings = try DataDirectory.make()
    let lock = try InstanceLock.take(path: settings.runDirectory + "/serve.lock")
    let before = try DataDirectory.migrate(settings)
    if before != Migrator.version { Log.info("schema \(before) -> \(Migrator.version)") }
    let rest = try executable(options.programs + "/echochat-rest")
    let push = try executable(options.programs + "/echochat-push")
    let nginx = try findNginx()
    for (name, program) in [("nginx", "nginx"), ("rest", "echochat-rest"), ("push", "echochat-push")] {
      OrphanCleanup.end(name, program: program, settings: settings)
    }
    let configuration = try NginxConfiguration(source: options.nginx, html: options.html, settings: settings)
    let listeners = try Listeners(settings)
    let supervisor = Supervisor(
      settings: settings, configuration: configuration, listeners: listeners, rest: .rest(rest, settings, listeners),
      push: .push(push, settings, listeners), nginx: .nginx(nginx, settings, listeners, configuration))
    try supervisor.run()
    _ = consume lock
  }

  private static func executable(_ path: String) throws -> String {
    guard access(path, X_OK) == 0 else { throw Failure("\(Errno(path)): build it, or name its directory with --programs") }
    return path
  }

  /// An ordinary user's PATH may lack the directories of administrators' programs.
  private static func findNginx() throws -> String {
    let directories = (processEnvironment()["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
    guard let found = directories.map({ $0 + "/nginx" }).first(where: { access($0, X_OK) == 0 }) else {
      throw Failure("nginx is not installed: apt-get install nginx")
    }
    return found
  }
}
