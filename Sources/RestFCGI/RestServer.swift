// The REST program: creates its parts, runs until a termination signal, and stops without dropping requests.
import Chat
import Configuration
import Glibc
import Posix
import Wire

enum RestServer {
  /// How long current requests may take after the signal to stop.
  private static let stopMilliseconds: Int64 = 8000
  /// The push daemon checkpoints the database. A WAL larger than this means that it is not running, so this program does it.
  private static let walBytesMin: Int64 = 64 << 20

  /// Reading connections that are opened at start; further ones when as many requests read at once.
  private static let readersMin = 4

  private static let usage = "usage: echochat-rest [--listen PATH] [--version] [--routes] [--problems]"

  /// Returns the exit status (sysexits.h): 64 for wrong arguments, 78 for invalid settings, 69 if the database or the socket is unavailable.
  static func run(arguments: [String]) -> Int32 {
    var path: String?
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      switch argument {
      case "--version":
        print("echochat-rest \(Version.text)")
        return 0
      case "--routes":
        for route in Routes.table { print(route.description) }
        return 0
      case "--problems":
        for problem in Problem.all { print("\(problem.status) \(problem.code) \(problem.title)") }
        return 0
      case "--listen":
        guard let value = rest.popFirst() else { return fail(usage, 64) }
        path = value
      default:
        return fail(usage, 64)
      }
    }
    do {
      let settings = try ProgramStart.makeDirectories(for: .rest)
      return try serve(settings, listeningAt: path ?? settings.restSocketPath)
    } catch let error as Settings.Invalid {
      return fail("\(error)", 78)
    } catch {
      return fail("\(error)", 69)
    }
  }

  private static func serve(_ settings: Settings, listeningAt path: String) throws -> Int32 {
    let metrics = Metrics(program: "rest")
    metrics.addProcess(version: Version.text)
    let chat = try Chat(settings: settings, as: .rest, metrics: metrics)
    chat.addReadiness(to: metrics)
    chat.addSiteMetrics(to: metrics)
    try chat.startHealthChecks(readers: readersMin)
    try chat.startCheckpointing(walBytesMin: walBytesMin)
    let socket = try ListeningSocket(path: path)
    let push = SocketAddress.unix(path: settings.pushSocketPath)
    let responder = Responder(
      chat: chat, router: Router(Routes.table), corsPolicy: CORSPolicy(settings.originPolicy), metrics: RestMetrics(metrics),
      isDaemonUp: CachedAnswer { HealthProbe.succeeds("/ws/healthz", at: push, withinMilliseconds: 500) },
      report: MetricsReport(metrics, settings))
    // If it were inherited as ignored, the exit status of a child would be lost.
    signal(SIGCHLD, SIG_DFL)
    if !chat.makesThumbnails { Log.info("pictures get no thumbnails: vipsthumbnail (package libvips-tools) is not installed") }
    let metricsLog = MetricsLog(metrics)
    Log.info("echochat-rest answers", ["version": Version.text, "threads": settings.restThreads, "socket": socket.description])
    if !settings.isMailOn { Log.info("mail is off: ECHOCHAT_SMTP_URL is not set") }
    let pool = WorkerPool(count: settings.restThreads, socket: socket, responder)
    let watch = DataDirectoryWatch(chat, sockets: socket.own.map { [$0] } ?? [], onRebound: pool.listenAgain)
    let notifier = ServiceNotifier.start(status: { chat.serviceStatus }) {
      FastCGIProbe.succeeds("/healthz", at: socket.address)
    }

    Signals.waitForTermination()
    notifier?.stop()
    let left = pool.stop(milliseconds: stopMilliseconds)
    chat.stop()
    chat.stopHealthChecks()
    chat.stopCheckpointing()
    watch.stop()
    chat.close()
    metricsLog?.stop()
    if left > 0 { Log.warning("stopped with \(left) requests unanswered") }
    Log.info("echochat-rest has stopped")
    // Not exit(): threads that still have a request must not run into destructors.
    _exit(0)
  }

  private static func fail(_ sentence: String, _ status: Int32) -> Int32 {
    Log.error(sentence)
    return status
  }
}
