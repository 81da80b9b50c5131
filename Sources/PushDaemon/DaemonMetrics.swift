// What the push daemon counts.
import Chat
import Posix
import WebSocket

/// Updated by any loop: once per batch or connection, never once per subscriber.
struct DaemonMetrics: Sendable {
  /// Why a connection ended, if not by a Close frame of ours.
  enum Ending: String, CaseIterable {
    /// The peer sent its Close frame, or broke the WebSocket protocol.
    case peer
    /// The network failed, or the peer did not answer.
    case lost
    /// It was plain HTTP and got its response, or sent no request in time.
    case http
  }

  /// All metrics of the program, for `/metrics`.
  let all: Metrics
  /// Connections accepted, plain HTTP requests included.
  let accepted: Counter
  /// Connections open now.
  let open: Gauge
  /// Text messages read.
  let commands: Counter
  /// Events given to the loops, each once, however many loops there are.
  let events: Counter
  /// Frames of events written or queued for live connections.
  let frames: Counter
  /// Connections admitted: those that resumed from their cursor, those whose cursor was refused, and those that had none.
  let resumed: Counter
  let notResumed: Counter
  let fresh: Counter
  /// Connections whose authentication or admission was refused.
  let refusedAdmissions: Counter
  /// Errors that commands and requests were answered with.
  let refusals: RefusalMetrics
  /// When expired data was deleted last.
  let retention: Gauge
  private let closes: [CloseCode: Counter]
  private let endings: [Ending: Counter]

  init(_ metrics: Metrics) {
    all = metrics
    accepted = metrics.counter("echochat_connections_accepted_total", "Connections to the daemon, plain HTTP requests included.")
    open = metrics.gauge("echochat_connections", "WebSockets and event streams that are open, and requests for them.")
    commands = metrics.counter("echochat_commands_total", "Commands that were read from WebSockets.")
    events = metrics.counter("echochat_published_events_total", "Events given to the connections, each once.")
    frames = metrics.counter("echochat_deliveries_total", "Events sent to live connections, once for each connection.")
    let help = "Connections that signed in, by what became of their cursor."
    func resumes(_ outcome: String) -> Counter { metrics.counter("echochat_resumes_total", help, [("outcome", outcome)]) }
    (resumed, notResumed, fresh) = (resumes("resumed"), resumes("refused"), resumes("no_cursor"))
    refusedAdmissions = metrics.counter("echochat_admissions_refused_total", "Connections that were not let in.")
    refusals = RefusalMetrics(metrics)
    retention = metrics.gauge("echochat_retention_timestamp_seconds", "When expired data was deleted last, in seconds since 1970.")
    func closed(_ reason: String) -> Counter {
      metrics.counter("echochat_connections_closed_total", "Connections that ended, by the reason.", [("reason", reason)])
    }
    closes = Dictionary(uniqueKeysWithValues: CloseCode.allCases.map { ($0, closed("\($0.rawValue)")) })
    endings = Dictionary(uniqueKeysWithValues: Ending.allCases.map { ($0, closed($0.rawValue)) })
  }

  /// A connection is closed with a Close frame of ours.
  func closed(with code: CloseCode) { closes[code]?.add() }

  func ended(_ ending: Ending) { endings[ending]?.add() }

  /// How many connections were closed with a code.
  func count(of code: CloseCode) -> Int { closes[code]?.value ?? 0 }
}
