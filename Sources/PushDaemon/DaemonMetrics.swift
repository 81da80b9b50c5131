// What the push daemon counts.
import Posix

/// Updated by any loop: once per batch, never once per subscriber.
struct DaemonMetrics: Sendable {
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
  /// Connections admitted that resumed from their cursor.
  let resumes: Counter
  /// Connections whose authentication or admission was refused.
  let refusals: Counter
  /// Connections closed since their peers read too slowly.
  let slow: Counter

  init(_ metrics: Metrics) {
    accepted = metrics.counter("echochat_push_accepted_connections_total")
    open = metrics.gauge("echochat_push_connections")
    commands = metrics.counter("echochat_push_commands_total")
    events = metrics.counter("echochat_push_events_published_total")
    frames = metrics.counter("echochat_push_frames_delivered_total")
    resumes = metrics.counter("echochat_push_resumes_total")
    refusals = metrics.counter("echochat_push_admissions_refused_total")
    slow = metrics.counter("echochat_push_slow_clients_closed_total")
  }
}
